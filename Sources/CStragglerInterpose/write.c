// write, fsync, truncate, rename and their kin: what a thread is just doing to a file, and who did it last.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

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

STRAGGLER_EXPORT ssize_t pwritev(int descriptor, const struct iovec *pieces, int count_of_pieces, off_t offset) {
  WRITING(descriptor, ORIGINAL(pwritev)(descriptor, pieces, count_of_pieces, offset))
}

STRAGGLER_EXPORT ssize_t pwritev64(int descriptor, const struct iovec *pieces, int count_of_pieces, off64_t offset) {
  WRITING(descriptor, ORIGINAL(pwritev64)(descriptor, pieces, count_of_pieces, offset))
}

STRAGGLER_EXPORT ssize_t pwritev2(
  int descriptor, const struct iovec *pieces, int count_of_pieces, off_t offset, int flags
) {
  WRITING(descriptor, ORIGINAL(pwritev2)(descriptor, pieces, count_of_pieces, offset, flags))
}

STRAGGLER_EXPORT ssize_t pwritev64v2(
  int descriptor, const struct iovec *pieces, int count_of_pieces, off64_t offset, int flags
) {
  WRITING(descriptor, ORIGINAL(pwritev64v2)(descriptor, pieces, count_of_pieces, offset, flags))
}

STRAGGLER_EXPORT ssize_t copy_file_range(
  int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags
) {
  WRITING(to, ORIGINAL(copy_file_range)(from, from_offset, to, to_offset, length, flags))
}

STRAGGLER_EXPORT ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
  WRITING(to, ORIGINAL(sendfile)(to, from, offset, length))
}

STRAGGLER_EXPORT ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
  WRITING(to, ORIGINAL(sendfile64)(to, from, offset, length))
}

STRAGGLER_EXPORT ssize_t splice(
  int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags
) {
  WRITING(to, ORIGINAL(splice)(from, from_offset, to, to_offset, length, flags))
}

STRAGGLER_EXPORT int vdprintf(int descriptor, const char *format, va_list list) {
  WRITING(descriptor, ORIGINAL(vdprintf)(descriptor, format, list))
}

STRAGGLER_EXPORT int __vdprintf_chk(int descriptor, int level, const char *format, va_list list) {
  WRITING(descriptor, ORIGINAL(__vdprintf_chk)(descriptor, level, format, list))
}

STRAGGLER_EXPORT int dprintf(int descriptor, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = vdprintf(descriptor, format, list);
  va_end(list);
  return result;
}

STRAGGLER_EXPORT int __dprintf_chk(int descriptor, int level, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = __vdprintf_chk(descriptor, level, format, list);
  va_end(list);
  return result;
}

// MARK: - Syncs

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

// MARK: - Truncations and renames

/// Runs `call` as the calling thread's `operation` on `descriptor`, -1 where it goes by a path.
#define CHANGING(operation, descriptor, call)                                                \
  StragglerThread *self = straggler_self();                                                  \
  if (self == NULL) return call;                                                             \
  StragglerPending before = straggler_operation_begin(self, operation, descriptor, NULL);    \
  int result = call;                                                                         \
  straggler_operation_end(self, before);

#define TRUNCATING(descriptor, call)                              \
  CHANGING(STRAGGLER_OPERATION_TRUNCATE, descriptor, call)        \
  if (result == 0) straggler_file_written(self, descriptor, 0);   \
  return result;

STRAGGLER_EXPORT int ftruncate(int descriptor, off_t length) {
  TRUNCATING(descriptor, ORIGINAL(ftruncate)(descriptor, length))
}

STRAGGLER_EXPORT int ftruncate64(int descriptor, off64_t length) {
  TRUNCATING(descriptor, ORIGINAL(ftruncate64)(descriptor, length))
}

STRAGGLER_EXPORT int truncate(const char *path, off_t length) {
  TRUNCATING(-1, ORIGINAL(truncate)(path, length))
}

STRAGGLER_EXPORT int truncate64(const char *path, off64_t length) {
  TRUNCATING(-1, ORIGINAL(truncate64)(path, length))
}

/// Descriptors of the renamed file go on under its new name. `named` is false where the names are not what was opened:
/// relative to another folder than open's, or exchanged.
#define RENAMING(named, from, to, call)                               \
  CHANGING(STRAGGLER_OPERATION_RENAME, -1, call)                      \
  if (result == 0 && (named)) straggler_files_renamed(from, to);      \
  return result;

STRAGGLER_EXPORT int rename(const char *from, const char *to) { RENAMING(true, from, to, ORIGINAL(rename)(from, to)) }

STRAGGLER_EXPORT int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  RENAMING(
    from_folder == AT_FDCWD && to_folder == AT_FDCWD, from, to, ORIGINAL(renameat)(from_folder, from, to_folder, to))
}

STRAGGLER_EXPORT int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  RENAMING(
    from_folder == AT_FDCWD && to_folder == AT_FDCWD && !(flags & RENAME_EXCHANGE), from, to,
    ORIGINAL(renameat2)(from_folder, from, to_folder, to, flags))
}

STRAGGLER_UNINSTRUMENTED_END
