// What the interposer tells the recorder of a program that confines itself by seccomp(2).
#ifndef STRAGGLER_CONFINEMENT_H
#define STRAGGLER_CONFINEMENT_H

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/// The calling thread is about to install a filter. From here on the recorder makes no system call. True where this was the
/// first one.
bool straggler_confine(void);

/// The kernel refused it: everything is as it was before a `straggler_confine` that returned true.
void straggler_confinement_failed(void);

#pragma GCC visibility pop

#endif
