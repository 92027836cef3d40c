// Keeps a sanitizer's instrumentation out of the recorder.
//
// In a program built with a sanitizer the recorder's sources are compiled with it as well. But they run before its runtime
// has started and after a thread has left it, copy stacks with everything on them, and order their accesses by means that
// it does not know: it would crash, or accuse the program of races and overflows that are none.
#ifndef STRAGGLER_UNINSTRUMENTED_H
#define STRAGGLER_UNINSTRUMENTED_H

#include <stddef.h>

#if defined(__clang__) && !defined(STRAGGLER_INSTRUMENTED)
/// What follows is compiled without instrumentation. To be ended in the same file: the compiler insists. The recorder's own
/// tests define STRAGGLER_INSTRUMENTED.
#define STRAGGLER_UNINSTRUMENTED_BEGIN \
  _Pragma("clang attribute push(__attribute__((disable_sanitizer_instrumentation)), apply_to = function)")
#define STRAGGLER_UNINSTRUMENTED_END _Pragma("clang attribute pop")
#else
#define STRAGGLER_UNINSTRUMENTED_BEGIN
#define STRAGGLER_UNINSTRUMENTED_END
#endif

STRAGGLER_UNINSTRUMENTED_BEGIN

/// As memcpy, which sanitizers replace by a function that checks what it copies.
static inline void straggler_copy_bytes(void *target, const void *source, size_t length) {
  __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(length) : : "memory");
}

/// As memset to zero, for the same reason.
static inline void straggler_clear_bytes(void *target, size_t length) {
  __asm__ volatile("rep stosb" : "+D"(target), "+c"(length) : "a"(0) : "memory");
}

STRAGGLER_UNINSTRUMENTED_END

#endif
