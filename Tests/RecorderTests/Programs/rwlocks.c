// Read-write locks and spin locks, from both sides.
#include "scenario.h"

#include <dlfcn.h>

static pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t s;

static int reading(void) {
  tell("l", &l);
  require(pthread_rwlock_rdlock(&l) == 0);
  return 0;
}

static int reading_thrice(void) {
  struct timespec time = past();
  tell("l", &l);
  require(pthread_rwlock_rdlock(&l) == 0);
  require(pthread_rwlock_tryrdlock(&l) == 0);
  require(pthread_rwlock_timedrdlock(&l, &time) == 0);
  require(pthread_rwlock_clockrdlock(&l, CLOCK_MONOTONIC, &time) == 0);
  require(pthread_rwlock_unlock(&l) == 0);
  return 0;
}

static int writing(void) {
  tell("l", &l);
  require(pthread_rwlock_wrlock(&l) == 0);
  return 0;
}

static int released(void) {
  struct timespec time = past();
  require(pthread_rwlock_rdlock(&l) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_tryrdlock(&l) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_timedrdlock(&l, &time) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_clockrdlock(&l, CLOCK_MONOTONIC, &time) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_wrlock(&l) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_trywrlock(&l) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_timedwrlock(&l, &time) == 0 && pthread_rwlock_unlock(&l) == 0);
  require(pthread_rwlock_clockwrlock(&l, CLOCK_MONOTONIC, &time) == 0 && pthread_rwlock_unlock(&l) == 0);
  return 0;
}

static void *read_and_stand(void *name) {
  pthread_setname_np(pthread_self(), name);
  require(pthread_rwlock_rdlock(&l) == 0);
  stand();
  return NULL;
}

static void *read_and_end(void *unused) {
  require(pthread_rwlock_rdlock(&l) == 0);
  require(pthread_rwlock_unlock(&l) == 0);
  return unused;
}

static int readers(void) {
  tell("l", &l);
  start(read_and_stand, "first");
  start(read_and_stand, "second");
  join(start(read_and_end, NULL));
  await_standing(2);
  return 0;
}

/// Through libc's own function, which nobody sees.
static void read_unseen(void) {
  void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  require(libc != NULL);
  int (*read_lock)(pthread_rwlock_t *) = (int (*)(pthread_rwlock_t *))dlsym(libc, "pthread_rwlock_rdlock");
  require(read_lock != NULL && read_lock(&l) == 0);
}

static int beside_a_reader_that_was_not_seen(void) {
  tell("l", &l);
  start(read_and_stand, "first");
  await_standing(1);
  read_unseen();
  require(pthread_rwlock_unlock(&l) == 0);
  return 0;
}

static int attempts_against_readers(void) {
  struct timespec time = past();
  readers();
  require(pthread_rwlock_trywrlock(&l) == EBUSY);
  require(pthread_rwlock_timedwrlock(&l, &time) == ETIMEDOUT);
  require(pthread_rwlock_clockwrlock(&l, CLOCK_MONOTONIC, &time) == ETIMEDOUT);
  return 0;
}

static int attempts_against_oneself(void) {
  struct timespec time = past();
  writing();
  require(pthread_rwlock_wrlock(&l) == EDEADLK);
  require(pthread_rwlock_rdlock(&l) == EDEADLK);
  require(pthread_rwlock_tryrdlock(&l) == EBUSY);
  require(pthread_rwlock_timedwrlock(&l, &time) == EDEADLK);
  return 0;
}

static void *write_and_stand(void *name) {
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  require(pthread_rwlock_wrlock(&l) == 0);
  stand();
  return NULL;
}

static int writer_waiting(void) {
  reading();
  start(write_and_stand, "writer");
  await_standing(1);
  // Bit 1 of __readers: a writer is waiting (nptl/pthread_rwlock_common.c, PTHREAD_RWLOCK_WRLOCKED).
  while (!(__atomic_load_n(&l.__data.__readers, __ATOMIC_ACQUIRE) & 2)) sched_yield();
  return 0;
}

static int writer_after_waiting(void) {
  writer_waiting();
  require(pthread_rwlock_unlock(&l) == 0);
  await_standing(1);
  return 0;
}

static int spinning(void) {
  pthread_spin_init(&s, PTHREAD_PROCESS_PRIVATE);
  tell("s", &s);
  require(pthread_spin_lock(&s) == 0);
  require(pthread_spin_trylock(&s) == EBUSY);
  return 0;
}

static int spin_tried(void) {
  pthread_spin_init(&s, PTHREAD_PROCESS_PRIVATE);
  tell("s", &s);
  require(pthread_spin_trylock(&s) == 0);
  return 0;
}

static int spin_released(void) {
  spinning();
  require(pthread_spin_unlock(&s) == 0);
  require(pthread_spin_trylock(&s) == 0);
  require(pthread_spin_unlock(&s) == 0);
  return 0;
}

static void *spin(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_spin_lock(&s);
  return NULL;
}

static int spin_waiting(void) {
  spinning();
  await_spinning(start(spin, "spinner"));
  return 0;
}

SCENARIOS(
  {"reading", reading}, {"reading-thrice", reading_thrice}, {"writing", writing}, {"released", released},
  {"readers", readers}, {"beside-a-reader-that-was-not-seen", beside_a_reader_that_was_not_seen},
  {"attempts-against-readers", attempts_against_readers},
  {"attempts-against-oneself", attempts_against_oneself}, {"writer-waiting", writer_waiting},
  {"writer-after-waiting", writer_after_waiting}, {"spinning", spinning}, {"spin-tried", spin_tried},
  {"spin-released", spin_released}, {"spin-waiting", spin_waiting})
