// Locks on open files: who took each, by which descriptor, and what takes them back. What cannot be told from here, the
// kernel knows at the freeze; of a process that was killed it is not said.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/sysmacros.h>

#include "directory.h"
#include "fileentry.h"
#include "filestatus.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static bool has_lock(const StragglerFile *file) { return __atomic_load_n(&file->lock_holder, __ATOMIC_ACQUIRE) != 0; }

static bool is_locking(const StragglerFile *file, StragglerFileLocking locking) {
  return (__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & STRAGGLER_FILE_LOCKING) == locking;
}

/// Takes the lock that somebody has on the open file from this descriptor.
///
/// - Returns: who has it; 0 for nobody.
static uint32_t take_lock_holder(StragglerFile *file) {
  return has_lock(file) ? __atomic_exchange_n(&file->lock_holder, 0, __ATOMIC_ACQ_REL) : 0;
}

static void set_lock_holder(StragglerFile *file, uint32_t holder, uint32_t flags) {
  straggler_file_change(file, STRAGGLER_FILE_LOCKING | STRAGGLER_FILE_LOCKS_MIXED, flags);
  __atomic_store_n(&file->lock_holder, holder, __ATOMIC_RELEASE);
}

/// Whether the thread still has a lock only the kernel knows.
static void doubt(StragglerFile *file, uint32_t descriptor) {
  uint32_t holder = __atomic_load_n(&file->lock_holder, __ATOMIC_ACQUIRE);
  if (holder != 0) straggler_doubt_hold(holder, STRAGGLER_FILE_LOCK(descriptor));
}

/// The lock was given back; where there were two of different kinds, one of them was.
static void release(StragglerFile *file, uint32_t descriptor) {
  if (straggler_file_has(file, STRAGGLER_FILE_LOCKS_MIXED)) return doubt(file, descriptor);
  uint32_t holder = take_lock_holder(file);
  if (holder != 0) straggler_drop_hold(holder, STRAGGLER_FILE_LOCK(descriptor));
}

// MARK: - Which other descriptors

/// The first live descriptor of the same open file from `descriptor` on, which becomes its number; NULL where there is none.
static StragglerFile *duplicate_of(const StragglerFile *file, uint32_t *descriptor) {
  if (!straggler_file_has(file, STRAGGLER_FILE_DUPLICATED)) return NULL;
  uint32_t used = straggler_files_used();
  for (; *descriptor < used; *descriptor += 1) {
    StragglerFile *other = straggler_live_entry(*descriptor);
    if (other != NULL && other != file && other->description == file->description) return other;
  }
  return NULL;
}

bool straggler_file_duplicate(uint32_t of, uint32_t *descriptor) {
  const StragglerFile *file = straggler_live_entry(of);
  return file != NULL && duplicate_of(file, descriptor) != NULL;
}

/// Asks the kernel once what a descriptor is open on, where it can be asked, for a thread that locks or closes it and so has it open.
static void know_identity(StragglerFile *file, uint32_t descriptor) {
  if (__atomic_load_n(&file->inode, __ATOMIC_ACQUIRE) != 0 || !straggler_begin_calls()) return;
  struct stat status;
  bool is_found = straggler_file_status((int)descriptor, &status);
  straggler_end_calls();
  if (!is_found) return;
  file->device = status.st_dev;
  __atomic_store_n(&file->inode, status.st_ino, __ATOMIC_RELEASE);
}

/// Whether two descriptors are open on one file, however each was opened. Where the kernel was not asked, by the names that they were
/// opened under.
static bool is_same_file(const StragglerFile *file, const StragglerFile *other) {
  uint64_t one = __atomic_load_n(&file->inode, __ATOMIC_ACQUIRE), second = __atomic_load_n(&other->inode, __ATOMIC_ACQUIRE);
  if (one != 0 && second != 0) return one == second && file->device == other->device;
  return other->description == file->description || (file->path[0] != 0 && strcmp(file->path, other->path) == 0);
}

/// Whether fcntl or lockf has ever locked anything here: until then no close has to look for locks of theirs.
static bool process_locks;

/// `release` or `doubt`.
typedef void (*Ending)(StragglerFile *file, uint32_t descriptor);

/// Ends the process's locks that were taken by other descriptors of a file: they are on the file, not on a descriptor.
static void end_process_locks(StragglerFile *file, uint32_t descriptor, Ending end) {
  if (!__atomic_load_n(&process_locks, __ATOMIC_RELAXED)) return;
  uint32_t used = straggler_files_used();
  for (uint32_t index = 0; index < used; index++) {
    StragglerFile *other = straggler_live_entry(index);
    if (other == NULL || other == file || !has_lock(other)) continue;
    bool is_process = is_locking(other, STRAGGLER_LOCKING_PROCESS) || straggler_file_has(other, STRAGGLER_FILE_LOCKS_MIXED);
    if (!is_process) continue;
    know_identity(file, descriptor);
    if (is_same_file(file, other)) end(other, index);
  }
}

/// Ends the locks of one kind on what a descriptor is open on.
static void end_locks(StragglerFile *file, uint32_t descriptor, StragglerFileLocking locking, Ending end) {
  bool mixed = straggler_file_has(file, STRAGGLER_FILE_LOCKS_MIXED);
  if (mixed || is_locking(file, locking)) end(file, descriptor);
  if (locking == STRAGGLER_LOCKING_PROCESS) return end_process_locks(file, descriptor, end);
  uint32_t other = 0;
  for (StragglerFile *duplicate; (duplicate = duplicate_of(file, &other)) != NULL; other++) {
    mixed = straggler_file_has(duplicate, STRAGGLER_FILE_LOCKS_MIXED);
    if (mixed || is_locking(duplicate, locking)) end(duplicate, other);
  }
}

// MARK: - What the program does

void straggler_file_locked(
  StragglerThread *self, int descriptor, uint8_t mode, StragglerFileLocking locking, StragglerCaller caller
) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file == NULL) return;
  uint32_t number = (uint32_t)descriptor, mixed = 0;
  if (locking == STRAGGLER_LOCKING_PROCESS) {
    __atomic_store_n(&process_locks, true, __ATOMIC_RELAXED);
    know_identity(file, number);
  }
  if (has_lock(file)) {
    // The entry has room for one of each: from now on only the kernel knows when both are gone.
    bool is_other = !is_locking(file, locking) || straggler_file_has(file, STRAGGLER_FILE_LOCKS_MIXED);
    if (is_other) mixed = STRAGGLER_FILE_LOCKS_MIXED;
    straggler_drop_hold(take_lock_holder(file), STRAGGLER_FILE_LOCK(number));
  }
  // A second lock of a kind converts the first one, of whichever of the open file's descriptors.
  if (locking != STRAGGLER_LOCKING_PROCESS) end_locks(file, number, locking, release);
  StragglerHolding how = {STRAGGLER_RESOURCE_FILE_LOCK, mode, 0};
  straggler_push_hold(self, (const void *)STRAGGLER_FILE_LOCK(number), how, caller, STRAGGLER_WIDE_WINDOW);
  set_lock_holder(file, self->number, locking | mixed);
}

void straggler_file_unlocked(int descriptor, StragglerFileLocking locking) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file != NULL) end_locks(file, (uint32_t)descriptor, locking, release);
}

void straggler_file_partly_unlocked(int descriptor, StragglerFileLocking locking) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file != NULL) end_locks(file, (uint32_t)descriptor, locking, doubt);
}

void straggler_locks_pass_on(StragglerFile *file, uint32_t descriptor) {
  bool mixed = straggler_file_has(file, STRAGGLER_FILE_LOCKS_MIXED);
  bool stays = mixed || !is_locking(file, STRAGGLER_LOCKING_PROCESS);
  uint32_t locking = __atomic_load_n(&file->flags, __ATOMIC_RELAXED) & STRAGGLER_FILE_LOCKING;
  uint32_t holder = take_lock_holder(file);
  if (holder == 0) return;
  uint32_t heir = 0;
  StragglerFile *duplicate = stays ? duplicate_of(file, &heir) : NULL;
  if (duplicate == NULL) return straggler_drop_hold(holder, STRAGGLER_FILE_LOCK(descriptor));
  straggler_rename_hold(holder, STRAGGLER_FILE_LOCK(descriptor), STRAGGLER_FILE_LOCK(heir));
  if (file->inode != 0) {
    duplicate->device = file->device;
    __atomic_store_n(&duplicate->inode, file->inode, __ATOMIC_RELEASE);
  }
  if (has_lock(duplicate)) {
    // It has one of another kind.
    straggler_doubt_hold(holder, STRAGGLER_FILE_LOCK(heir));
    straggler_file_change(duplicate, 0, STRAGGLER_FILE_LOCKS_MIXED);
    return;
  }
  set_lock_holder(duplicate, holder, locking | (mixed ? STRAGGLER_FILE_LOCKS_MIXED : 0));
  if (mixed) doubt(duplicate, heir);
}

void straggler_process_locks_end(StragglerFile *file, uint32_t descriptor) {
  end_process_locks(file, descriptor, release);
}

// MARK: - Another process that has what a thread waits for

/// A lock as the kernel lists it, and one that is asked for: on the bytes from `start` to `end`, both included.
typedef struct KernelLock {
  bool is_flock;
  bool is_exclusive;
  int32_t process;
  uint32_t major, minor;
  uint64_t inode;
  uint64_t start, end;
} KernelLock;

static bool keeps_out(const KernelLock *lock, const KernelLock *asked) {
  return lock->is_flock == asked->is_flock && (lock->is_exclusive || asked->is_exclusive) && lock->inode == asked->inode &&
         lock->major == asked->major && lock->minor == asked->minor && lock->start <= asked->end && asked->start <= lock->end;
}

/// The bytes that a struct flock is about (fcntl(2)). False where that can't be said.
static bool read_range(KernelLock *asked, int descriptor, const struct flock *lock, const struct stat *file) {
  int64_t from = lock->l_start;
  if (lock->l_whence == SEEK_END) from += file->st_size;
  if (lock->l_whence == SEEK_CUR) from += straggler_syscall3(SYS_lseek, descriptor, 0, SEEK_CUR);
  if (lock->l_len < 0) from += lock->l_len;
  int64_t length = lock->l_len < 0 ? -lock->l_len : lock->l_len;
  if (from < 0) return false;
  asked->start = (uint64_t)from;
  asked->end = length == 0 ? UINT64_MAX : (uint64_t)from + (uint64_t)length - 1;
  return true;
}

/// What a flock, F_SETLKW or F_OFD_SETLKW asks for. False for any other call.
static bool read_asked(KernelLock *asked, const StragglerFrozen *frozen) {
  int descriptor = (int)frozen->system_call_arguments[0];
  struct stat file;
  if (!straggler_file_status(descriptor, &file)) return false;
  *asked = (KernelLock){.end = UINT64_MAX, .major = major(file.st_dev), .minor = minor(file.st_dev), .inode = file.st_ino};
  int64_t command = (int)frozen->system_call_arguments[1];
  if (frozen->system_call == SYS_flock) {
    asked->is_flock = true;
    asked->is_exclusive = (command & LOCK_EX) != 0;
    return true;
  }
  struct flock lock;
  if (command != F_SETLKW && command != F_OFD_SETLKW) return false;
  if (straggler_read_memory(frozen->system_call_arguments[2], &lock, sizeof lock) != sizeof lock) return false;
  asked->is_exclusive = lock.l_type == F_WRLCK;
  return read_range(asked, descriptor, &lock, &file);
}

/// The next word of a line, which is moved behind it.
static const char *next_word(const char **at) {
  *at += strspn(*at, " ");
  const char *word = *at;
  *at += strcspn(*at, " ");
  return word;
}

static bool is_word(const char *word, const char *expected) {
  size_t length = strlen(expected);
  return strncmp(word, expected, length) == 0 && (word[length] == ' ' || word[length] == 0);
}

static uint32_t hexadecimal(const char **at) {
  uint32_t value = 0;
  for (;; *at += 1) {
    char digit = **at;
    if (digit >= '0' && digit <= '9') value = value * 16 + (uint32_t)(digit - '0');
    else if (digit >= 'a' && digit <= 'f') value = value * 16 + (uint32_t)(digit - 'a' + 10);
    else return value;
  }
}

/// "12: POSIX  ADVISORY  WRITE 4711 fd:01:5386 0 EOF" (proc(5), /proc/locks). Those that wait have "->" after their number; an open
/// file's (OFDLCK) says -1 for its process. False for these.
static bool parse_lock(const char *at, KernelLock *lock) {
  next_word(&at);
  const char *kind = next_word(&at);
  lock->is_flock = is_word(kind, "FLOCK");
  if (!lock->is_flock && !is_word(kind, "POSIX")) return false;
  next_word(&at);
  lock->is_exclusive = is_word(next_word(&at), "WRITE");
  uint64_t process;
  if (!straggler_parse_number(&at, &process)) return false;
  lock->process = (int32_t)process;
  at += strspn(at, " ");
  lock->major = hexadecimal(&at);
  if (*at++ != ':') return false;
  lock->minor = hexadecimal(&at);
  if (*at++ != ':') return false;
  if (!straggler_parse_number(&at, &lock->inode) || !straggler_parse_number(&at, &lock->start)) return false;
  if (!straggler_parse_number(&at, &lock->end)) lock->end = UINT64_MAX;  // EOF
  return true;
}

/// The process of the first lock in a list that keeps the asked one out; 0 for none. A line that has no room in the buffer is that of
/// one that waits, far behind others, and is passed over.
static int32_t find_locker(long list, const KernelLock *asked) {
  char text[512];
  size_t kept = 0;
  bool is_rest = false;  // of a line whose beginning was passed over
  for (;;) {
    long length = straggler_syscall3(SYS_read, list, (long)(text + kept), (long)(sizeof text - 1 - kept));
    if (length <= 0) return 0;
    text[kept + (size_t)length] = 0;
    char *line = text;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
      KernelLock lock;
      *end = 0;
      bool is_whole = !is_rest;
      is_rest = false;
      if (!is_whole || !parse_lock(line, &lock) || lock.process == straggler_arena->pid) continue;
      if (keeps_out(&lock, asked)) return lock.process;
    }
    kept = strlen(line);
    if (kept == sizeof text - 1) {
      kept = 0;
      is_rest = true;
    }
    memmove(text, line, kept);
  }
}

/// A file that another process may have open.
typedef struct SharedFile {
  const KernelLock *lock;
  int32_t process;
  bool is_open;
} SharedFile;

static void look_for_file(uint64_t descriptor, void *context) {
  SharedFile *file = context;
  struct stat status;
  char path[64] = "/proc/";
  straggler_append_number(path, (uint64_t)file->process);
  strcat(path, "/fd/");
  straggler_append_number(path, descriptor);
  if (straggler_syscall4(SYS_newfstatat, AT_FDCWD, (long)path, (long)&status, 0) != 0) return;
  const KernelLock *lock = file->lock;
  bool is_same = status.st_ino == lock->inode && major(status.st_dev) == lock->major && minor(status.st_dev) == lock->minor;
  if (is_same) file->is_open = true;
}

/// A flock is the open file's, and outlives its taker in the processes that share that: one that has the file no longer has no
/// lock on it either, whatever the list says.
static bool has_open(int32_t process, const KernelLock *lock) {
  SharedFile file = {.lock = lock, .process = process};
  char path[64] = "/proc/";
  straggler_append_number(path, (uint64_t)process);
  strcat(path, "/fd");
  straggler_each_number_in(path, look_for_file, &file);
  return file.is_open;
}

void straggler_read_locker(StragglerThread *slot) {
  KernelLock asked;
  if (!read_asked(&asked, &slot->frozen)) return;
  long list = straggler_open("/proc/locks", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  int32_t process = find_locker(list, &asked);
  straggler_syscall1(SYS_close, list);
  if (process <= 0 || (asked.is_flock && !has_open(process, &asked))) return;
  slot->call_futex_owner = (uint64_t)process;
  slot->call_flags |= STRAGGLER_CALL_LOCKER_READ;
}

STRAGGLER_UNINSTRUMENTED_END
