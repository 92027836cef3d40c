// fwrite, printf, fflush and their kin: who is just writing to a stream, and who did it last.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
// With optimization stdio.h defines some of these functions inline (bits/stdio.h): they would be ours then.
#define __NO_INLINE__ 1
#include <wchar.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

// stdio.h may define these as macros.
#undef putc
#undef fputc
#undef putchar
#undef fputc_unlocked
#undef putc_unlocked
#undef putchar_unlocked
#undef fwrite_unlocked
#undef fputs_unlocked
#undef fflush_unlocked

/// Runs `call` as the calling thread's operation on `stream`.
#define ON_STREAM(type, operation, stream, call)                                      \
  StragglerThread *self = straggler_self();                                           \
  if (self == NULL) return call;                                                      \
  int descriptor = straggler_stream_descriptor(stream);                               \
  StragglerPending before = straggler_operation_begin(self, operation, descriptor, stream); \
  type result = call;                                                                 \
  straggler_operation_end(self, before);                                              \
  if (operation == STRAGGLER_OPERATION_STREAM_WRITE) straggler_file_written(self, descriptor, 0); \
  return result;

#define WRITING(type, stream, call) ON_STREAM(type, STRAGGLER_OPERATION_STREAM_WRITE, stream, call)

STRAGGLER_EXPORT int fflush(FILE *stream) {
  if (stream == NULL) return ORIGINAL(fflush)(stream);
  ON_STREAM(int, STRAGGLER_OPERATION_FLUSH, stream, ORIGINAL(fflush)(stream))
}

STRAGGLER_EXPORT int fflush_unlocked(FILE *stream) {
  if (stream == NULL) return ORIGINAL(fflush_unlocked)(stream);
  ON_STREAM(int, STRAGGLER_OPERATION_FLUSH, stream, ORIGINAL(fflush_unlocked)(stream))
}

STRAGGLER_EXPORT size_t fwrite(const void *bytes, size_t size, size_t count, FILE *stream) {
  WRITING(size_t, stream, ORIGINAL(fwrite)(bytes, size, count, stream))
}

STRAGGLER_EXPORT size_t fwrite_unlocked(const void *bytes, size_t size, size_t count, FILE *stream) {
  WRITING(size_t, stream, ORIGINAL(fwrite_unlocked)(bytes, size, count, stream))
}

STRAGGLER_EXPORT int fputs(const char *text, FILE *stream) {
  WRITING(int, stream, ORIGINAL(fputs)(text, stream))
}

STRAGGLER_EXPORT int fputs_unlocked(const char *text, FILE *stream) {
  WRITING(int, stream, ORIGINAL(fputs_unlocked)(text, stream))
}

STRAGGLER_EXPORT int fputc(int character, FILE *stream) {
  WRITING(int, stream, ORIGINAL(fputc)(character, stream))
}

STRAGGLER_EXPORT int putc(int character, FILE *stream) {
  WRITING(int, stream, ORIGINAL(putc)(character, stream))
}

STRAGGLER_EXPORT int fputc_unlocked(int character, FILE *stream) {
  WRITING(int, stream, ORIGINAL(fputc_unlocked)(character, stream))
}

STRAGGLER_EXPORT int putc_unlocked(int character, FILE *stream) {
  WRITING(int, stream, ORIGINAL(putc_unlocked)(character, stream))
}

STRAGGLER_EXPORT int putw(int word, FILE *stream) { WRITING(int, stream, ORIGINAL(putw)(word, stream)) }

/// What the compiler makes of putc_unlocked calls this when the buffer is full (bits/stdio.h); until then it calls nothing.
STRAGGLER_EXPORT int __overflow(FILE *stream, int character) {
  WRITING(int, stream, ORIGINAL(__overflow)(stream, character))
}

STRAGGLER_EXPORT int puts(const char *text) { WRITING(int, stdout, ORIGINAL(puts)(text)) }

STRAGGLER_EXPORT int putchar(int character) { WRITING(int, stdout, ORIGINAL(putchar)(character)) }

STRAGGLER_EXPORT int putchar_unlocked(int character) { WRITING(int, stdout, ORIGINAL(putchar_unlocked)(character)) }

// MARK: - Formatted

STRAGGLER_EXPORT int vfprintf(FILE *stream, const char *format, va_list list) {
  WRITING(int, stream, ORIGINAL(vfprintf)(stream, format, list))
}

STRAGGLER_EXPORT int __vfprintf_chk(FILE *stream, int level, const char *format, va_list list) {
  WRITING(int, stream, ORIGINAL(__vfprintf_chk)(stream, level, format, list))
}

STRAGGLER_EXPORT int fprintf(FILE *stream, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = vfprintf(stream, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int __fprintf_chk(FILE *stream, int level, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = __vfprintf_chk(stream, level, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int vprintf(const char *format, va_list list) { return vfprintf(stdout, format, list); }

STRAGGLER_EXPORT int __vprintf_chk(int level, const char *format, va_list list) {
  return __vfprintf_chk(stdout, level, format, list);
}

STRAGGLER_EXPORT int printf(const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = vfprintf(stdout, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int __printf_chk(int level, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = __vfprintf_chk(stdout, level, format, list);
  va_end(list);
  return result;
}

// MARK: - Wide characters

STRAGGLER_EXPORT int fputws(const wchar_t *text, FILE *stream) {
  WRITING(int, stream, ORIGINAL(fputws)(text, stream))
}

STRAGGLER_EXPORT wint_t fputwc(wchar_t character, FILE *stream) {
  WRITING(wint_t, stream, ORIGINAL(fputwc)(character, stream))
}

STRAGGLER_EXPORT wint_t putwc(wchar_t character, FILE *stream) {
  WRITING(wint_t, stream, ORIGINAL(putwc)(character, stream))
}

STRAGGLER_EXPORT int fputws_unlocked(const wchar_t *text, FILE *stream) {
  WRITING(int, stream, ORIGINAL(fputws_unlocked)(text, stream))
}

STRAGGLER_EXPORT wint_t fputwc_unlocked(wchar_t character, FILE *stream) {
  WRITING(wint_t, stream, ORIGINAL(fputwc_unlocked)(character, stream))
}

STRAGGLER_EXPORT wint_t putwc_unlocked(wchar_t character, FILE *stream) {
  WRITING(wint_t, stream, ORIGINAL(putwc_unlocked)(character, stream))
}

STRAGGLER_EXPORT wint_t putwchar(wchar_t character) { WRITING(wint_t, stdout, ORIGINAL(putwchar)(character)) }

STRAGGLER_EXPORT wint_t putwchar_unlocked(wchar_t character) {
  WRITING(wint_t, stdout, ORIGINAL(putwchar_unlocked)(character))
}

STRAGGLER_EXPORT int vfwprintf(FILE *stream, const wchar_t *format, va_list list) {
  WRITING(int, stream, ORIGINAL(vfwprintf)(stream, format, list))
}

STRAGGLER_EXPORT int __vfwprintf_chk(FILE *stream, int level, const wchar_t *format, va_list list) {
  WRITING(int, stream, ORIGINAL(__vfwprintf_chk)(stream, level, format, list))
}

STRAGGLER_EXPORT int fwprintf(FILE *stream, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int result = vfwprintf(stream, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int __fwprintf_chk(FILE *stream, int level, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int result = __vfwprintf_chk(stream, level, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int vwprintf(const wchar_t *format, va_list list) { return vfwprintf(stdout, format, list); }

STRAGGLER_EXPORT int __vwprintf_chk(int level, const wchar_t *format, va_list list) {
  return __vfwprintf_chk(stdout, level, format, list);
}

STRAGGLER_EXPORT int wprintf(const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int result = vfwprintf(stdout, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int __wprintf_chk(int level, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int result = __vfwprintf_chk(stdout, level, format, list);
  va_end(list);
  return result;
}

STRAGGLER_UNINSTRUMENTED_END
