// Threads that take and give every kind of lock at random.
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

#include "engine.h"

enum { MUTEXES = 7, LOCKS = 12 };

typedef struct Lock {
  TruthKind kind;
  bool is_c11;
  void *memory;
} Lock;

static Lock locks[LOCKS];
static pthread_cond_t *changed;

static pthread_mutex_t *make_mutex(int type, int robust, int protocol) {
  pthread_mutex_t *mutex = soak_memory(sizeof *mutex);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutexattr_setrobust(&attributes, robust);
  pthread_mutexattr_setprotocol(&attributes, protocol);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  return mutex;
}

static Lock make_rwlock(void) {
  pthread_rwlock_t *lock = soak_memory(sizeof *lock);
  pthread_rwlock_init(lock, NULL);
  return (Lock){TRUTH_READ_LOCK, false, lock};
}

void locks_make(void) {
  mtx_t *c11 = soak_memory(sizeof *c11);
  mtx_init(c11, mtx_plain);
  pthread_spinlock_t *spin = soak_memory(sizeof *spin);
  pthread_spin_init(spin, PTHREAD_PROCESS_PRIVATE);
  sem_t *semaphore = soak_memory(sizeof *semaphore);
  sem_init(semaphore, 0, 1);
  changed = soak_memory(sizeof *changed);
  pthread_cond_init(changed, NULL);
  Lock made[LOCKS] = {
    {TRUTH_MUTEX, false, make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE)},
    {TRUTH_MUTEX, false, make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE)},
    {TRUTH_MUTEX, false, make_mutex(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE)},
    {TRUTH_MUTEX, false, make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT)},
    {TRUTH_MUTEX, false, make_mutex(PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE)},
    {TRUTH_MUTEX, true, c11},
    {TRUTH_RECURSIVE_MUTEX, false, make_mutex(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE)},
    {TRUTH_MUTEX, false, make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE)},
    make_rwlock(),
    make_rwlock(),
    {TRUTH_SPIN_LOCK, false, (void *)spin},
    {TRUTH_SEMAPHORE, false, semaphore},
  };
  for (int index = 0; index < LOCKS; index++) locks[index] = made[index];
}

static struct timespec soon(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_nsec += 2000000;
  if (time.tv_nsec >= 1000000000) time.tv_sec++, time.tv_nsec -= 1000000000;
  return time;
}

/// Any of the ways to take a mutex; those that can wait for ever only where nothing else is held.
static bool take_mutex(Worker *self, pthread_mutex_t *mutex, bool may_block) {
  struct timespec time;
  switch (soak_random(self, may_block ? 4 : 3)) {
    case 0: return pthread_mutex_trylock(mutex) == 0;
    case 1: time = soon(CLOCK_REALTIME); return pthread_mutex_timedlock(mutex, &time) == 0;
    case 2: time = soon(CLOCK_MONOTONIC); return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &time) == 0;
    default: return pthread_mutex_lock(mutex) == 0;
  }
}

static bool take_rwlock(Worker *self, pthread_rwlock_t *lock, bool writes, bool may_block) {
  struct timespec time = soon(CLOCK_REALTIME);
  switch (soak_random(self, may_block ? 3 : 2)) {
    case 0: return (writes ? pthread_rwlock_trywrlock(lock) : pthread_rwlock_tryrdlock(lock)) == 0;
    case 1: return (writes ? pthread_rwlock_timedwrlock(lock, &time) : pthread_rwlock_timedrdlock(lock, &time)) == 0;
    default: return (writes ? pthread_rwlock_wrlock(lock) : pthread_rwlock_rdlock(lock)) == 0;
  }
}

static bool take(Worker *self, Lock *lock, TruthKind kind, bool may_block) {
  struct timespec time;
  switch (kind) {
    case TRUTH_READ_LOCK: return take_rwlock(self, lock->memory, false, may_block);
    case TRUTH_WRITE_LOCK: return take_rwlock(self, lock->memory, true, may_block);
    case TRUTH_SPIN_LOCK: return pthread_spin_trylock((pthread_spinlock_t *)lock->memory) == 0;
    case TRUTH_SEMAPHORE:
      time = soon(CLOCK_REALTIME);
      return (may_block ? sem_wait(lock->memory) : sem_timedwait(lock->memory, &time)) == 0;
    default:
      if (lock->is_c11) return (may_block ? mtx_lock(lock->memory) : mtx_trylock(lock->memory)) == thrd_success;
      return take_mutex(self, lock->memory, may_block);
  }
}

static void give(Lock *lock, TruthKind kind) {
  switch (kind) {
    case TRUTH_READ_LOCK:
    case TRUTH_WRITE_LOCK: pthread_rwlock_unlock(lock->memory); break;
    case TRUTH_SPIN_LOCK: pthread_spin_unlock((pthread_spinlock_t *)lock->memory); break;
    case TRUTH_SEMAPHORE: sem_post(lock->memory); break;
    default: lock->is_c11 ? mtx_unlock(lock->memory) : pthread_mutex_unlock(lock->memory);
  }
}

/// What a thread does with a lock in its hands: takes it again, gives it up for a condition, or only stays.
static void use(Worker *self, Lock *lock, TruthEntry *entry) {
  if (entry->kind == TRUTH_RECURSIVE_MUTEX && soak_random(self, 2) == 0) {
    pthread_mutex_lock(lock->memory);
    soak_linger(self);
    pthread_mutex_unlock(lock->memory);
  } else if (entry->kind == TRUTH_MUTEX && lock->memory == locks[0].memory && soak_random(self, 4) == 0) {
    struct timespec time = soon(CLOCK_REALTIME);
    truth_set(entry, TRUTH_IN_TRANSIT);
    pthread_cond_timedwait(changed, lock->memory, &time);
    truth_set(entry, TRUTH_HELD);
  }
  pthread_cond_signal(changed);
  soak_linger(self);
}

/// Takes one lock, and while it has that perhaps further ones.
static void nest(Worker *self, int depth) {
  Lock *lock = &locks[soak_random(self, LOCKS)];
  TruthKind kind = lock->kind == TRUTH_READ_LOCK && soak_random(self, 2) == 0 ? TRUTH_WRITE_LOCK : lock->kind;
  // A thread that made the semaphore and takes it shows nothing.
  if (kind == TRUTH_SEMAPHORE && self->truth == truth_process->threads) return;
  for (int index = 0; index < TRUTH_ENTRIES; index++) {
    const TruthEntry *mine = &self->truth->entries[index];
    if (mine->state != TRUTH_FREE && mine->address == (uint64_t)lock->memory) return;
  }
  TruthEntry *entry = truth_take(self->truth, kind, lock->memory);
  if (entry == NULL) return;
  if (!take(self, lock, kind, depth == 0)) {
    truth_set(entry, TRUTH_FREE);
    return;
  }
  truth_set(entry, TRUTH_HELD);
  use(self, lock, entry);
  if (depth < 4 && soak_random(self, 2) == 0) nest(self, depth + 1);
  truth_set(entry, TRUTH_IN_TRANSIT);
  give(lock, kind);
  truth_set(entry, TRUTH_FREE);
}

void locks_step(Worker *self) { nest(self, 0); }

/// Some threads end with a lock of their own in their hands.
void locks_leave(Worker *self) {
  if (soak_random(self, 4) != 0) return;
  pthread_mutex_t *mutex = malloc(sizeof *mutex);
  pthread_mutex_init(mutex, NULL);
  TruthEntry *entry = truth_take(self->truth, TRUTH_MUTEX, mutex);
  if (entry == NULL) return;
  pthread_mutex_lock(mutex);
  truth_set(entry, TRUTH_HELD);
}
