// open, dup, close and their kin: which descriptor is whose.
#define _GNU_SOURCE
// The fortified names are interposed under their own names: this file must not be fortified itself.
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "descriptor.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static int opened(int descriptor, const char *path, int flags, StragglerCaller caller) {
  // O_TMPFILE makes a file without a name in the folder that the path names (open(2)).
  bool nameless = (flags & O_TMPFILE) == O_TMPFILE;
  uint32_t origin = nameless ? STRAGGLER_ORIGIN_TEMPORARY : STRAGGLER_ORIGIN_PATH;
  StragglerOpening how = {.origin = origin, .path = nameless ? NULL : path, .flags = flags};
  return straggler_made(descriptor, how, caller);
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

// MARK: - Duplicates

static int duplicated(int result, int from, int flags, StragglerCaller caller) {
  StragglerThread *self = result >= 0 ? straggler_self() : NULL;
  if (self != NULL && result != from) straggler_file_duplicated(self, from, result, flags, caller);
  return result;
}

STRAGGLER_EXPORT int dup(int from) { return duplicated(ORIGINAL(dup)(from), from, 0, STRAGGLER_CALLER()); }

STRAGGLER_EXPORT int dup2(int from, int to) {
  return duplicated(ORIGINAL(dup2)(from, to), from, 0, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int dup3(int from, int to, int flags) {
  return duplicated(ORIGINAL(dup3)(from, to, flags), from, flags, STRAGGLER_CALLER());
}

// fcntl's F_DUPFD is in filelock.c, with its other commands.

// MARK: - Ends

STRAGGLER_EXPORT int close(int descriptor) {
  // Before the call: after it the number may be another thread's new file.
  if (straggler_self() != NULL) straggler_file_closed(descriptor);
  return ORIGINAL(close)(descriptor);
}

STRAGGLER_EXPORT void closefrom(int lowest) {
  if (straggler_self() != NULL) straggler_files_closed(lowest < 0 ? 0 : (uint32_t)lowest, UINT32_MAX);
  ORIGINAL(closefrom)(lowest);
}

STRAGGLER_EXPORT int close_range(unsigned first, unsigned last, int flags) {
  // CLOSE_RANGE_CLOEXEC only marks; after CLOSE_RANGE_UNSHARE the other threads still have what this one closes, and the freeze
  // asks the kernel which of it is open (close_range(2)).
  bool closes = first <= last && flags == 0;
  if (closes && straggler_self() != NULL) straggler_files_closed(first, last);
  return ORIGINAL(close_range)(first, last, flags);
}

STRAGGLER_UNINSTRUMENTED_END
