// open, close, write and their kin: which descriptor is whose, and who is just writing.
#define _GNU_SOURCE
// The fortified names are interposed under their own names: this file must not be fortified itself.
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <sys/uio.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static int opened(int descriptor, const char *path, int flags, StragglerCaller caller) {
  StragglerThread *self = descriptor >= 0 ? straggler_self() : NULL;
  if (self != NULL) {
    straggler_file_opened(self, descriptor, (StragglerOpening){.path = path, .flags = flags}, caller);
  }
  return descriptor;
}

/// The mode is there only if the flags ask for it (open(2)).
#define MODE_AFTER(flags)                                \
  mode_t mode = 0;                                       \
  if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list list;                                        \
    va_start(list, flags);                               \
    mode = va_arg(list, mode_t);                         \
    va_end(list);                                        \
  }

STRAGGLER_EXPORT int open(const char *path, int flags, ...) {
  MODE_AFTER(flags)
  return opened(ORIGINAL(open)(path, flags, mode), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int open64(const char *path, int flags, ...) {
  MODE_AFTER(flags)
  return opened(ORIGINAL(open64)(path, flags, mode), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int openat(int folder, const char *path, int flags, ...) {
  MODE_AFTER(flags)
  return opened(ORIGINAL(openat)(folder, path, flags, mode), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int openat64(int folder, const char *path, int flags, ...) {
  MODE_AFTER(flags)
  return opened(ORIGINAL(openat64)(folder, path, flags, mode), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int __open_2(const char *path, int flags) {
  return opened(ORIGINAL(__open_2)(path, flags), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int __open64_2(const char *path, int flags) {
  return opened(ORIGINAL(__open64_2)(path, flags), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int __openat_2(int folder, const char *path, int flags) {
  return opened(ORIGINAL(__openat_2)(folder, path, flags), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int __openat64_2(int folder, const char *path, int flags) {
  return opened(ORIGINAL(__openat64_2)(folder, path, flags), path, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int creat(const char *path, mode_t mode) {
  return opened(ORIGINAL(creat)(path, mode), path, O_WRONLY | O_CREAT | O_TRUNC, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int creat64(const char *path, mode_t mode) {
  return opened(ORIGINAL(creat64)(path, mode), path, O_WRONLY | O_CREAT | O_TRUNC, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int close(int descriptor) {
  // Before the call: after it the number may be another thread's new file.
  if (straggler_self() != NULL) straggler_file_closed(descriptor);
  return ORIGINAL(close)(descriptor);
}

static int replaced(int result, int descriptor) {
  if (result >= 0 && straggler_self() != NULL) straggler_file_closed(descriptor);
  return result;
}

STRAGGLER_EXPORT int dup2(int from, int to) {
  int result = ORIGINAL(dup2)(from, to);
  return from != to ? replaced(result, to) : result;
}

STRAGGLER_EXPORT int dup3(int from, int to, int flags) {
  return replaced(ORIGINAL(dup3)(from, to, flags), to);
}

// MARK: - Writes

/// Runs `call` as the calling thread's write to `descriptor`.
#define WRITING(descriptor, call)                                                                       \
  StragglerThread *self = straggler_self();                                                             \
  if (self == NULL) return call;                                                                        \
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_WRITE, descriptor, NULL); \
  ssize_t count = call;                                                                                 \
  straggler_operation_end(self, before);                                                                \
  straggler_file_written(self, descriptor, count);                                                      \
  return count;

STRAGGLER_EXPORT ssize_t write(int descriptor, const void *bytes, size_t length) {
  WRITING(descriptor, ORIGINAL(write)(descriptor, bytes, length))
}

STRAGGLER_EXPORT ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
  WRITING(descriptor, ORIGINAL(pwrite)(descriptor, bytes, length, offset))
}

STRAGGLER_EXPORT ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
  WRITING(descriptor, ORIGINAL(pwrite64)(descriptor, bytes, length, offset))
}

STRAGGLER_EXPORT ssize_t writev(int descriptor, const struct iovec *pieces, int count_of_pieces) {
  WRITING(descriptor, ORIGINAL(writev)(descriptor, pieces, count_of_pieces))
}

#define SYNCING(descriptor, call)                                                                      \
  StragglerThread *self = straggler_self();                                                            \
  if (self == NULL) return call;                                                                       \
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_SYNC, descriptor, NULL); \
  int result = call;                                                                                   \
  straggler_operation_end(self, before);                                                               \
  if (result == 0) straggler_file_synced(descriptor);                                                  \
  return result;

STRAGGLER_EXPORT int fsync(int descriptor) { SYNCING(descriptor, ORIGINAL(fsync)(descriptor)) }

STRAGGLER_EXPORT int fdatasync(int descriptor) { SYNCING(descriptor, ORIGINAL(fdatasync)(descriptor)) }

STRAGGLER_UNINSTRUMENTED_END
