// What a descriptor is open on, as fstat(2) says, without libc.
#ifndef STRAGGLER_FILE_STATUS_H
#define STRAGGLER_FILE_STATUS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "rawsyscall.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// False where the descriptor is not open. The kernel's structure is libc's on x86-64.
static inline bool straggler_file_status(int descriptor, struct stat *status) {
  const long empty_path = 0x1000;  // AT_EMPTY_PATH, which fcntl.h has for GNU sources only
  return straggler_syscall4(SYS_newfstatat, descriptor, (long)"", (long)status, empty_path) == 0;
}

STRAGGLER_UNINSTRUMENTED_END

#endif
