// Reading /proc without stdio or allocation.
#include "directory.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "rawsyscall.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// As getdents64(2) writes it.
typedef struct DirectoryEntry {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
} DirectoryEntry;

static bool number_of(const char *name, uint64_t *number) {
  *number = 0;
  if (*name == 0) return false;
  for (; *name != 0; name++) {
    if (*name < '0' || *name > '9') return false;
    *number = *number * 10 + (uint64_t)(*name - '0');
  }
  return true;
}

bool straggler_each_number_in(const char *path, void (*visit)(uint64_t number, void *context), void *context) {
  long file = straggler_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  // The caller's own: a visit may read another folder, and an exec may look while another thread's exit does. Small, for the stack may be a
  // signal's; an entry that is a number takes 40 bytes at most.
  _Alignas(8) char buffer[512];
  long length;
  while ((length = straggler_syscall3(SYS_getdents64, file, (long)buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < length;) {
      const DirectoryEntry *entry = (const DirectoryEntry *)(buffer + at);
      uint64_t number;
      if (number_of(entry->name, &number)) visit(number, context);
      at += entry->length;
    }
  }
  straggler_syscall1(SYS_close, file);
  return length == 0;
}

void straggler_append_number(char *text, uint64_t number) {
  char digits[24];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  char *end = text + strlen(text);
  while (count > 0) *end++ = digits[--count];
  *end = 0;
}

static int digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return 99;
}

bool straggler_parse_number(const char **at, uint64_t *value) {
  const char *text = *at;
  while (*text == ' ') text++;
  int base = 10;
  if (text[0] == '0' && text[1] == 'x') {
    base = 16;
    text += 2;
  }
  if (digit(*text) >= base) return false;
  for (*value = 0; digit(*text) < base; text++) *value = *value * (uint64_t)base + (uint64_t)digit(*text);
  *at = text;
  return true;
}

STRAGGLER_UNINSTRUMENTED_END
