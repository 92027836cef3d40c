// What the recording of an uncontended lock and unlock costs, in a process with a second thread.
//
// The work is done by the second thread: in a process that never had one the C library leaves atomic operations out.
#define _GNU_SOURCE
#include "measure.h"

#include <pthread.h>

enum { ROUNDS = 20000 };

typedef int (*Operation)(void *lock);

static inline __attribute__((always_inline)) void lock_and_unlock(const Side *side, void *lock) {
  ((Operation)side->functions[0])(lock);
  ((Operation)side->functions[1])(lock);
}

/// The address of a mutex of this type, as new.
static pthread_mutex_t *mutex_of_type(int type) {
  static pthread_mutex_t mutex;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  return &mutex;
}

static void compare_mutexes(void) {
  static const char *const names[2] = {"pthread_mutex_lock", "pthread_mutex_unlock"};
  measure_compare("mutex", names, lock_and_unlock, mutex_of_type(PTHREAD_MUTEX_DEFAULT), ROUNDS);
  measure_compare("recursive mutex", names, lock_and_unlock, mutex_of_type(PTHREAD_MUTEX_RECURSIVE), ROUNDS);

  static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&outer);
  measure_compare("mutex while another is held", names, lock_and_unlock, mutex_of_type(PTHREAD_MUTEX_DEFAULT), ROUNDS);
  pthread_mutex_unlock(&outer);
}

static void compare_others(void) {
  static pthread_rwlock_t read_write = PTHREAD_RWLOCK_INITIALIZER;
  static const char *const reading[2] = {"pthread_rwlock_rdlock", "pthread_rwlock_unlock"};
  static const char *const writing[2] = {"pthread_rwlock_wrlock", "pthread_rwlock_unlock"};
  measure_compare("read-write lock, read side", reading, lock_and_unlock, &read_write, ROUNDS);
  measure_compare("read-write lock, write side", writing, lock_and_unlock, &read_write, ROUNDS);

  static pthread_spinlock_t spin;
  static const char *const spinning[2] = {"pthread_spin_lock", "pthread_spin_unlock"};
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  measure_compare("spin lock", spinning, lock_and_unlock, (void *)&spin, ROUNDS);
}

static void *work(void *unused) {
  compare_mutexes();
  compare_others();
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, NULL) != 0) measure_fail("no thread could be created");
  pthread_join(thread, NULL);
  return 0;
}
