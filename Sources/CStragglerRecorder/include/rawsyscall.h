// System calls without libc's wrappers: they neither touch errno nor are cancellation points, and nothing interposes
// them. Linux, x86-64. Each returns what the kernel returns: -errno on failure.
#ifndef STRAGGLER_RAWSYSCALL_H
#define STRAGGLER_RAWSYSCALL_H

#include <stdint.h>
#include <sys/syscall.h>

#include "uninstrumented.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static inline long straggler_syscall6(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static inline long straggler_syscall4(long number, long a, long b, long c, long d) {
  return straggler_syscall6(number, a, b, c, d, 0, 0);
}

static inline long straggler_syscall3(long number, long a, long b, long c) {
  return straggler_syscall6(number, a, b, c, 0, 0, 0);
}

static inline long straggler_syscall1(long number, long a) {
  return straggler_syscall6(number, a, 0, 0, 0, 0, 0);
}

/// Opens an absolute path as libc does, so that a seccomp filter that lets libc's open pass lets this one pass, too.
static inline long straggler_open(const char *path, int flags) {
  const int no_folder = -100;  // AT_FDCWD
  return straggler_syscall4(SYS_openat, no_folder, (long)path, flags, 0);
}

/// CLOCK_MONOTONIC, in nanoseconds.
static inline uint64_t straggler_now(void) {
  int64_t time[2] = {0, 0};
  straggler_syscall3(SYS_clock_gettime, 1, (long)time, 0);
  return (uint64_t)time[0] * UINT64_C(1000000000) + (uint64_t)time[1];
}

STRAGGLER_UNINSTRUMENTED_END

#endif
