// What decides afterwards whether a hold is real: the lock's own bytes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>

#include "directory.h"
#include "inherited.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// Page by page: a transfer is cut where memory ends, but only between two pieces (process_vm_readv(2)).
size_t straggler_read_memory(uint64_t address, void *buffer, size_t length) {
  enum { PIECES = 32 };
  size_t done = 0;
  while (done < length) {
    struct iovec from[PIECES];
    struct iovec to = {(char *)buffer + done, 0};
    uint64_t at = address + done;
    int pieces = 0;
    while (pieces < PIECES && to.iov_len < length - done) {
      size_t rest = STRAGGLER_PAGE - at % STRAGGLER_PAGE;
      if (rest > length - done - to.iov_len) rest = length - done - to.iov_len;
      from[pieces++] = (struct iovec){(void *)at, rest};
      to.iov_len += rest;
      at += rest;
    }
    // By this thread's id: the process's own is its main thread's, which has no memory any more once it has ended.
    long self = straggler_syscall1(SYS_gettid, 0);
    long count = straggler_syscall6(SYS_process_vm_readv, self, (long)&to, 1, (long)from, pieces, 0);
    if (count == -ENOSYS || count == -EPERM) {
      // Refused by a seccomp filter: the same bytes by way of /proc.
      long file = straggler_open("/proc/thread-self/mem", O_RDONLY | O_CLOEXEC);
      if (file < 0) return done;
      count = straggler_syscall4(SYS_pread64, file, (long)buffer + (long)done, (long)(length - done), (long)(address + done));
      straggler_syscall1(SYS_close, file);
    }
    if (count <= 0) return done;
    done += (size_t)count;
    if ((size_t)count < to.iov_len) return done;
  }
  return done;
}

enum { STREAM_LOCK_POINTER = 136 };  // in struct _IO_FILE: the address of its lock

uint32_t straggler_object_size(uint8_t kind) {
  switch (kind) {
    case STRAGGLER_RESOURCE_MUTEX:
    case STRAGGLER_RESOURCE_RECURSIVE_MUTEX: return 40;  // sizeof(pthread_mutex_t)
    case STRAGGLER_RESOURCE_READ_WRITE_LOCK: return 56;  // sizeof(pthread_rwlock_t)
    case STRAGGLER_RESOURCE_SPIN_LOCK: return 4;
    case STRAGGLER_RESOURCE_SEMAPHORE: return 16;  // the part of sem_t that glibc uses
    case STRAGGLER_RESOURCE_STREAM_LOCK: return 16;  // _IO_lock_t
    default: return 0;
  }
}

static uint32_t copy_object(uint64_t address, uint32_t size, uint8_t *bytes) {
  return straggler_read_memory(address, bytes, size) == size ? STRAGGLER_HOLD_OBJECT_READ : STRAGGLER_HOLD_OBJECT_GONE;
}

/// Where the bytes of the lock are: a stream points to its own.
static uint64_t lock_of(const StragglerHold *hold) {
  if (hold->kind != STRAGGLER_RESOURCE_STREAM_LOCK) return hold->resource;
  uint64_t lock = 0;
  straggler_read_memory(hold->resource + STREAM_LOCK_POINTER, &lock, sizeof lock);
  return lock;
}

void straggler_copy_lock(StragglerHold *hold) {
  uint32_t size = straggler_object_size(hold->kind);
  if (!straggler_is_held(hold) || size == 0 || (hold->flags & STRAGGLER_HOLD_ANNOTATED)) return;
  uint64_t lock = lock_of(hold);
  hold->flags &= (uint16_t)~(STRAGGLER_HOLD_OBJECT_READ | STRAGGLER_HOLD_OBJECT_GONE);
  hold->flags |= (uint16_t)copy_object(lock, size, hold->object);
  hold->object_length = size;
  if (hold->kind == STRAGGLER_RESOURCE_STREAM_LOCK) hold->word = lock;
}

/// What the kernel knows of a descriptor's lock.
typedef enum FileLock { LOCKED, NOT_LOCKED, CLOSED, UNKNOWN } FileLock;

/// The kernel lists the locks of an open file, "lock: ..." a line (proc(5), /proc/PID/fdinfo).
static FileLock file_lock_of(uint32_t descriptor) {
  if (straggler_syscall3(SYS_fcntl, descriptor, F_GETFD, 0) == -EBADF) return CLOSED;
  char path[64] = "/proc/self/fdinfo/";
  straggler_append_number(path, descriptor);
  char text[1024];
  long file = straggler_open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return UNKNOWN;
  long length = straggler_syscall3(SYS_read, file, (long)text, sizeof text - 1);
  straggler_syscall1(SYS_close, file);
  if (length <= 0) return UNKNOWN;
  text[length] = 0;
  return strstr(text, "\nlock:") != NULL ? LOCKED : NOT_LOCKED;
}

/// What a lock is called whose descriptor was closed unseen: by a duplicate through which the file is locked still; a gap without one.
static uint64_t heir_of(uint32_t descriptor) {
  for (uint32_t heir = 0; straggler_file_duplicate(descriptor, &heir); heir++) {
    if (file_lock_of(heir) == LOCKED) return STRAGGLER_FILE_LOCK(heir);
  }
  return STRAGGLER_HOLD_GAP;
}

/// A file's lock is the kernel's. It may be gone since: given back through a duplicate, or with another descriptor of the file
/// (fcntl(2), F_SETLK).
static void check_file_lock(StragglerHold *hold) {
  uint32_t descriptor = (uint32_t)hold->resource;
  switch (file_lock_of(descriptor)) {
    case LOCKED: hold->flags &= (uint16_t)~STRAGGLER_HOLD_WAITING; break;
    case NOT_LOCKED: hold->resource = STRAGGLER_HOLD_GAP; break;
    case CLOSED: hold->resource = heir_of(descriptor); break;
    case UNKNOWN: break;
  }
}

static void copy_locks(StragglerThread *slot) {
  for (uint32_t index = 0; index < slot->hold_top; index++) {
    StragglerHold *hold = straggler_hold_at(slot, index);
    if (straggler_is_held(hold) && hold->kind == STRAGGLER_RESOURCE_FILE_LOCK) check_file_lock(hold);
    else straggler_copy_lock(hold);
  }
  if (slot->transit != 0 && slot->state == STRAGGLER_SLOT_ALIVE) {
    slot->transit_length = straggler_object_size(STRAGGLER_RESOURCE_MUTEX);
    slot->transit_flags = copy_object(slot->transit, slot->transit_length, slot->transit_object);
  }
}

/// The thread with this pthread_t, if it is not the one that exits.
static StragglerThread *other_thread(uint64_t handle) {
  uint32_t threads = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < threads; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot->state != STRAGGLER_SLOT_ALIVE || slot->handle != handle) continue;
    return slot->frozen.outcome == STRAGGLER_FREEZE_SELF ? NULL : slot;
  }
  return NULL;
}

uint64_t straggler_stream_lock_owner(uint64_t stream) {
  uint64_t lock, owner;
  if (straggler_read_memory(stream + STREAM_LOCK_POINTER, &lock, sizeof lock) != sizeof lock) return 0;
  return straggler_read_memory(lock + 8, &owner, sizeof owner) == sizeof owner ? owner : 0;
}

/// A thread that stands inside a stdio call has the stream's lock, which libc takes without asking anybody: the owner is read
/// from the lock itself, _IO_lock_t {int lock; int count; void *owner}. (The count changed its meaning in glibc 2.37; the
/// owner did not.) Where it was taken, only the thread's stack can say.
void straggler_add_stream_lock(uint64_t stream) {
  static const uint64_t nowhere[2];
  uint64_t owner = straggler_stream_lock_owner(stream);
  if (owner == 0) return;
  StragglerThread *slot = other_thread(owner);
  if (slot == NULL || straggler_find_hold(slot, (const void *)stream) != NULL) return;
  StragglerHolding how = {STRAGGLER_RESOURCE_STREAM_LOCK, STRAGGLER_MODE_EXCLUSIVE, 0};
  straggler_push_further_hold(
    slot, (const void *)stream, how, (StragglerCaller){nowhere}, STRAGGLER_WIDE_WINDOW);
  StragglerHold *hold = straggler_find_hold(slot, (const void *)stream);
  if (hold != NULL) straggler_copy_lock(hold);
}

void straggler_copy_objects(void) {
  uint32_t threads = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < threads; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot->state == STRAGGLER_SLOT_ALIVE || slot->state == STRAGGLER_SLOT_ENDED) copy_locks(slot);
    if (slot->state == STRAGGLER_SLOT_ALIVE) straggler_read_operation_paths(slot);
  }
  // In C the three variables may be set to other streams; what they are now is what counts.
  FILE *standard[] = {stdin, stdout, stderr};
  for (int index = 0; index < 3; index++) straggler_add_stream_lock((uint64_t)standard[index]);
  uint32_t files = straggler_region(STRAGGLER_REGION_FILES)->used;
  for (uint32_t index = 0; index < files; index++) {
    StragglerFile *file = straggler_file_entry(index);
    if (file != NULL && file->state == STRAGGLER_ENTRY_LIVE) straggler_check_file(file, (int)index);
  }
}

STRAGGLER_UNINSTRUMENTED_END
