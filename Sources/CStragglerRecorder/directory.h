// Reading /proc without stdio or allocation.
#ifndef STRAGGLER_DIRECTORY_H
#define STRAGGLER_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/// Calls `visit` for each entry of a folder whose name is a number. False where the folder can't be read.
bool straggler_each_number_in(const char *path, void (*visit)(uint64_t number, void *context), void *context);

/// Appends a number's decimal digits to a string.
void straggler_append_number(char *text, uint64_t number);

/// Reads a decimal number, or a hexadecimal one after 0x, past spaces, and moves `at` behind it.
bool straggler_parse_number(const char **at, uint64_t *value);

#pragma GCC visibility pop

#endif
