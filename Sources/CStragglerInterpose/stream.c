// stdio: streams are files with a buffer that only a flush, a close or a normal exit writes.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <string.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

// stdio.h may define these as macros.
#undef putc
#undef fputc
#undef fwrite_unlocked
#undef fputs_unlocked

/// open(2)'s flags for fopen(3)'s mode.
static int flags_of(const char *mode) {
  int access = mode[0] == 'r' ? O_RDONLY : O_WRONLY;
  if (strchr(mode, '+') != NULL) access = O_RDWR;
  return access | (mode[0] == 'w' ? O_CREAT | O_TRUNC : 0) | (mode[0] == 'a' ? O_CREAT | O_APPEND : 0);
}

static FILE *opened(FILE *stream, const char *path, const char *mode, StragglerCaller caller) {
  StragglerThread *self = stream != NULL ? straggler_self() : NULL;
  if (self != NULL) {
    StragglerOpening how = {.path = path, .flags = flags_of(mode), .stream = stream};
    straggler_file_opened(self, straggler_stream_descriptor(stream), how, caller);
  }
  return stream;
}

STRAGGLER_EXPORT FILE *fopen(const char *path, const char *mode) {
  return opened(ORIGINAL(fopen)(path, mode), path, mode, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT FILE *fopen64(const char *path, const char *mode) {
  return opened(ORIGINAL(fopen64)(path, mode), path, mode, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT FILE *fdopen(int descriptor, const char *mode) {
  FILE *stream = ORIGINAL(fdopen)(descriptor, mode);
  StragglerThread *self = stream != NULL ? straggler_self() : NULL;
  if (self != NULL && !straggler_file_wrapped(descriptor, stream)) {
    StragglerOpening how = {.origin = STRAGGLER_ORIGIN_DUPLICATE, .flags = flags_of(mode), .stream = stream};
    straggler_file_opened(self, descriptor, how, STRAGGLER_CALLER());
  }
  return stream;
}

/// freopen closes the stream's old descriptor, whether it can open a new one or not.
static void reopening(FILE *stream) {
  if (straggler_self() != NULL) straggler_file_closed(straggler_stream_descriptor(stream));
}

STRAGGLER_EXPORT FILE *freopen(const char *path, const char *mode, FILE *stream) {
  reopening(stream);
  return opened(ORIGINAL(freopen)(path, mode, stream), path, mode, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT FILE *freopen64(const char *path, const char *mode, FILE *stream) {
  reopening(stream);
  return opened(ORIGINAL(freopen64)(path, mode, stream), path, mode, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int fclose(FILE *stream) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(fclose)(stream);
  int descriptor = straggler_stream_descriptor(stream);
  // The file counts as open until its buffer is written: a thread may be cut off in the middle of that.
  uint32_t opening = straggler_file_opening(descriptor);
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_CLOSE, descriptor, stream);
  int result = ORIGINAL(fclose)(stream);
  straggler_operation_end(self, before);
  straggler_file_closed_since(descriptor, opening);
  return result;
}

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

STRAGGLER_UNINSTRUMENTED_END
