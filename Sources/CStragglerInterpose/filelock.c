// flock, lockf and fcntl: locks, held by the thread that took them, as far as a report is concerned; and fcntl's
// duplicates.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

typedef enum Change { UNLOCKS, UNLOCKS_PART, LOCKS_SHARED, LOCKS_EXCLUSIVELY, NOTHING } Change;

static void record(
  StragglerThread *self, int descriptor, Change change, StragglerFileLocking locking, StragglerCaller caller
) {
  switch (change) {
    case UNLOCKS: straggler_file_unlocked(descriptor, locking); break;
    case UNLOCKS_PART: straggler_file_partly_unlocked(descriptor, locking); break;
    case LOCKS_SHARED: straggler_file_locked(self, descriptor, STRAGGLER_MODE_SHARED, locking, caller); break;
    case LOCKS_EXCLUSIVELY: straggler_file_locked(self, descriptor, STRAGGLER_MODE_EXCLUSIVE, locking, caller); break;
    case NOTHING: break;
  }
}

/// Runs `call`, which may wait for another process's lock or another open file's.
#define CHANGING(descriptor, change, locking, call)                                                          \
  StragglerThread *self = straggler_self();                                                                  \
  if (self == NULL) return call;                                                                             \
  bool begun = straggler_begin_wait(                                                                         \
    self, STRAGGLER_RESOURCE_FILE_LOCK, 0, (const void *)STRAGGLER_FILE_LOCK(descriptor), 0, STRAGGLER_CALLER()); \
  int result = call;                                                                                         \
  straggler_end_wait(self, begun);                                                                           \
  if (result == 0) record(self, descriptor, change, locking, STRAGGLER_CALLER());                            \
  return result;

static Change change_of_flock(int operation) {
  switch (operation & ~LOCK_NB) {
    case LOCK_UN: return UNLOCKS;
    case LOCK_SH: return LOCKS_SHARED;
    case LOCK_EX: return LOCKS_EXCLUSIVELY;
    default: return NOTHING;
  }
}

STRAGGLER_EXPORT int flock(int descriptor, int operation) {
  CHANGING(descriptor, change_of_flock(operation), STRAGGLER_LOCKING_FLOCK, ORIGINAL(flock)(descriptor, operation))
}

static Change change_of_lockf(int command) {
  switch (command) {
    case F_ULOCK: return UNLOCKS_PART;  // from where the file stands, which may be anywhere
    case F_LOCK:
    case F_TLOCK: return LOCKS_EXCLUSIVELY;
    default: return NOTHING;
  }
}

STRAGGLER_EXPORT int lockf(int descriptor, int command, off_t length) {
  CHANGING(descriptor, change_of_lockf(command), STRAGGLER_LOCKING_PROCESS, ORIGINAL(lockf)(descriptor, command, length))
}

STRAGGLER_EXPORT int lockf64(int descriptor, int command, off64_t length) {
  CHANGING(descriptor, change_of_lockf(command), STRAGGLER_LOCKING_PROCESS, ORIGINAL(lockf64)(descriptor, command, length))
}

static bool is_lock_command(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}

static StragglerFileLocking locking_of(int command) {
  bool is_process = command == F_SETLK || command == F_SETLKW;
  return is_process ? STRAGGLER_LOCKING_PROCESS : STRAGGLER_LOCKING_OPEN_FILE;
}

/// A length of 0 goes to the end of the file, however long it gets (fcntl(2)).
static bool is_whole_file(const struct flock *lock) {
  return lock->l_whence == SEEK_SET && lock->l_start == 0 && lock->l_len == 0;
}

static Change change_of_fcntl(const struct flock *lock) {
  switch (lock->l_type) {
    case F_UNLCK: return is_whole_file(lock) ? UNLOCKS : UNLOCKS_PART;
    case F_RDLCK: return LOCKS_SHARED;
    case F_WRLCK: return LOCKS_EXCLUSIVELY;
    default: return NOTHING;
  }
}

/// The descriptor that F_DUPFD or its kin made; any other command's result as it is.
static int duplicated(int result, int descriptor, int command, StragglerCaller caller) {
  if (command != F_DUPFD && command != F_DUPFD_CLOEXEC) return result;
  StragglerThread *self = result >= 0 ? straggler_self() : NULL;
  int flags = command == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0;
  if (self != NULL) straggler_file_duplicated(self, descriptor, result, flags, caller);
  return result;
}

/// The third argument, whatever it is, as libc passes it on (sysdeps/unix/sysv/linux/fcntl64.c).
#define ARGUMENT_AFTER(command)              \
  va_list list;                              \
  va_start(list, command);                   \
  void *argument = va_arg(list, void *);     \
  va_end(list);

STRAGGLER_EXPORT int fcntl(int descriptor, int command, ...) {
  ARGUMENT_AFTER(command)
  if (!is_lock_command(command)) {
    return duplicated(ORIGINAL(fcntl)(descriptor, command, argument), descriptor, command, STRAGGLER_CALLER());
  }
  CHANGING(descriptor, change_of_fcntl(argument), locking_of(command), ORIGINAL(fcntl)(descriptor, command, argument))
}

STRAGGLER_EXPORT int fcntl64(int descriptor, int command, ...) {
  ARGUMENT_AFTER(command)
  if (!is_lock_command(command)) {
    return duplicated(ORIGINAL(fcntl64)(descriptor, command, argument), descriptor, command, STRAGGLER_CALLER());
  }
  CHANGING(descriptor, change_of_fcntl(argument), locking_of(command), ORIGINAL(fcntl64)(descriptor, command, argument))
}

STRAGGLER_UNINSTRUMENTED_END
