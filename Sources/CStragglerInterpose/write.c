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

#define SYNCING(descriptor, synced, call)                                                              \
  StragglerThread *self = straggler_self();                                                            \
  if (self == NULL) return call;                                                                       \
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_SYNC, descriptor, NULL); \
  int result = call;                                                                                   \
  straggler_operation_end(self, before);                                                               \
  if (result == 0) synced(descriptor);                                                                 \
  return result;

STRAGGLER_EXPORT int fsync(int descriptor) {
  SYNCING(descriptor, straggler_file_synced, ORIGINAL(fsync)(descriptor))
}

STRAGGLER_EXPORT int fdatasync(int descriptor) {
  SYNCING(descriptor, straggler_file_synced, ORIGINAL(fdatasync)(descriptor))
}

STRAGGLER_EXPORT int syncfs(int descriptor) {
  SYNCING(descriptor, straggler_file_system_synced, ORIGINAL(syncfs)(descriptor))
}

/// Writes back a part of the file, without what is needed to find it again (sync_file_range(2)): its bytes still count as
/// not synced.
STRAGGLER_EXPORT int sync_file_range(int descriptor, off64_t offset, off64_t length, unsigned flags) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(sync_file_range)(descriptor, offset, length, flags);
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_SYNC, descriptor, NULL);
  int result = ORIGINAL(sync_file_range)(descriptor, offset, length, flags);
  straggler_operation_end(self, before);
  return result;
}

/// Of every file, and so of none that could be named.
STRAGGLER_EXPORT void sync(void) {
  StragglerThread *self = straggler_self();
  if (self == NULL) {
    ORIGINAL(sync)();
    return;
  }
  StragglerPending before = straggler_operation_begin(self, STRAGGLER_OPERATION_SYNC, -1, NULL);
  ORIGINAL(sync)();
  straggler_operation_end(self, before);
  straggler_files_synced();
}

// MARK: - Truncations and renames

/// Runs `call` as the calling thread's `operation`; what stands for descriptor and stream is the operation's own
/// (StragglerArena.h).
#define CHANGING(operation, descriptor, stream, call)                                        \
  StragglerThread *self = straggler_self();                                                  \
  if (self == NULL) return call;                                                             \
  StragglerPending before = straggler_operation_begin(self, operation, descriptor, stream);  \
  int result = call;                                                                         \
  straggler_operation_end(self, before);

#define TRUNCATING(descriptor, call)                              \
  CHANGING(STRAGGLER_OPERATION_TRUNCATE, descriptor, NULL, call)  \
  if (result == 0) straggler_file_written(self, descriptor, 0);   \
  return result;

#define ALLOCATING(descriptor, call)                              \
  CHANGING(STRAGGLER_OPERATION_WRITE, descriptor, NULL, call)     \
  if (result == 0) straggler_file_written(self, descriptor, 0);   \
  return result;

STRAGGLER_EXPORT int ftruncate(int descriptor, off_t length) {
  TRUNCATING(descriptor, ORIGINAL(ftruncate)(descriptor, length))
}

STRAGGLER_EXPORT int ftruncate64(int descriptor, off64_t length) {
  TRUNCATING(descriptor, ORIGINAL(ftruncate64)(descriptor, length))
}

STRAGGLER_EXPORT int truncate(const char *path, off_t length) {
  CHANGING(STRAGGLER_OPERATION_TRUNCATE, -1, path, ORIGINAL(truncate)(path, length))
  return result;
}

STRAGGLER_EXPORT int truncate64(const char *path, off64_t length) {
  CHANGING(STRAGGLER_OPERATION_TRUNCATE, -1, path, ORIGINAL(truncate64)(path, length))
  return result;
}

// Space that is given to a file, or taken out of it, changes what is read there: it counts as a write of no bytes.

STRAGGLER_EXPORT int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  ALLOCATING(descriptor, ORIGINAL(fallocate)(descriptor, mode, offset, length))
}

STRAGGLER_EXPORT int fallocate64(int descriptor, int mode, off64_t offset, off64_t length) {
  ALLOCATING(descriptor, ORIGINAL(fallocate64)(descriptor, mode, offset, length))
}

STRAGGLER_EXPORT int posix_fallocate(int descriptor, off_t offset, off_t length) {
  ALLOCATING(descriptor, ORIGINAL(posix_fallocate)(descriptor, offset, length))
}

STRAGGLER_EXPORT int posix_fallocate64(int descriptor, off64_t offset, off64_t length) {
  ALLOCATING(descriptor, ORIGINAL(posix_fallocate64)(descriptor, offset, length))
}

/// Descriptors of the renamed file go on under its new name. `named` is false where the names are not what was opened:
/// relative to another folder than open's, or exchanged.
#define RENAMING(named, from, to, call)                               \
  CHANGING(STRAGGLER_OPERATION_RENAME, (int64_t)(uintptr_t)(to), from, call) \
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
