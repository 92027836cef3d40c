// fopen, popen, fclose and their kin: streams are files with a buffer that only a flush, a close or a normal exit
// writes.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <string.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// open(2)'s flags for fopen(3)'s mode.
static int flags_of(const char *mode) {
  int access = mode[0] == 'r' ? O_RDONLY : O_WRONLY;
  if (strchr(mode, '+') != NULL) access = O_RDWR;
  return access | (mode[0] == 'w' ? O_CREAT | O_TRUNC : 0) | (mode[0] == 'a' ? O_CREAT | O_APPEND : 0);
}

static FILE *opened(FILE *stream, const char *path, const char *mode, StragglerCaller caller) {
  StragglerThread *self = stream != NULL ? straggler_self() : NULL;
  if (self != NULL) {
    // Without a path freopen keeps the file and changes its mode: which file that is, the freeze asks the kernel.
    uint32_t origin = path != NULL ? STRAGGLER_ORIGIN_PATH : STRAGGLER_ORIGIN_DUPLICATE;
    StragglerOpening how = {.origin = origin, .path = path, .flags = flags_of(mode), .stream = stream};
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

STRAGGLER_EXPORT FILE *popen(const char *command, const char *mode) {
  FILE *stream = ORIGINAL(popen)(command, mode);
  StragglerThread *self = stream != NULL ? straggler_self() : NULL;
  if (self != NULL) {
    StragglerOpening how = {.origin = STRAGGLER_ORIGIN_PIPE, .flags = flags_of(mode), .stream = stream};
    straggler_file_opened(self, straggler_stream_descriptor(stream), how, STRAGGLER_CALLER());
  }
  return stream;
}

// MARK: - Ends

/// Runs `call`, which closes `stream`. The file counts as open until its buffer is written: a thread may be cut off in
/// the middle of that.
#define CLOSING(stream, call)                                                                                   \
  StragglerThread *self = straggler_self();                                                                     \
  if (self == NULL) return call;                                                                                \
  int descriptor = straggler_stream_descriptor(stream);                                                         \
  uint32_t opening = straggler_file_closing(descriptor);                                                        \
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_CLOSE, descriptor, stream);     \
  int result = call;                                                                                            \
  straggler_operation_end(self, before);                                                                        \
  straggler_file_closed_since(descriptor, opening);                                                             \
  return result;

STRAGGLER_EXPORT int fclose(FILE *stream) { CLOSING(stream, ORIGINAL(fclose)(stream)) }

/// Waits for the command to end, and has closed the stream before.
STRAGGLER_EXPORT int pclose(FILE *stream) { CLOSING(stream, ORIGINAL(pclose)(stream)) }

// fcloseall closes no descriptor: it writes every buffer and leaves the streams unbuffered (glibc 2.36, libio/genops.c,
// _IO_cleanup), so that it needs no wrapper.

STRAGGLER_UNINSTRUMENTED_END
