// Locks of the thread runtime that know their owner by the kernel's id of it, which a forked child's thread has not any more.
#define _GNU_SOURCE
#include "straggler_ownedlocks.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "straggler_runtime.h"

enum { ROOM_BEFORE = 16 };

/// What stands in the eight bytes before such a lock, combined with its address: no other memory has that there.
static const uint64_t mutex_mark = UINT64_C(0x5374726167676c31), rwlock_mark = UINT64_C(0x5374726167676c32);

/// The mark before a lock of whomever; 0 where there is no memory.
static uint64_t mark_before(uint64_t address) {
  uint64_t value = 0;
  struct iovec to = {&value, sizeof value}, from = {(void *)(address - sizeof value), sizeof value};
  return process_vm_readv(gettid(), &to, 1, &from, 1, 0) == sizeof value ? value ^ address : 0;
}

/// In a forked child, for a lock that the forking thread had: the child's only thread has it now.
static void adopt(uint64_t address, pid_t former) {
  uint64_t mark = mark_before(address);
  if (mark == mutex_mark) {
    pthread_mutex_t *mutex = (pthread_mutex_t *)address;
    if (mutex->__data.__owner == former) mutex->__data.__owner = gettid();
  } else if (mark == rwlock_mark) {
    pthread_rwlock_t *lock = (pthread_rwlock_t *)address;
    if (lock->__data.__cur_writer == former) lock->__data.__cur_writer = gettid();
  }
}

static void *allocate(size_t size, uint64_t mark) {
  straggler_runtime_attach_locks(adopt);
  char *room = malloc(ROOM_BEFORE + size);
  if (room == NULL) abort();
  uint64_t value = (uint64_t)(room + ROOM_BEFORE) ^ mark;
  memcpy(room + ROOM_BEFORE - sizeof value, &value, sizeof value);
  return room + ROOM_BEFORE;
}

void *straggler_mutex_allocate(void) { return allocate(sizeof(pthread_mutex_t), mutex_mark); }

void *straggler_rwlock_allocate(void) { return allocate(sizeof(pthread_rwlock_t), rwlock_mark); }

void straggler_lock_deallocate(void *lock) {
  explicit_bzero((char *)lock - ROOM_BEFORE, ROOM_BEFORE);
  free((char *)lock - ROOM_BEFORE);
}
