// What a mutex's holder has after each way of taking it, failing to take it, and giving it back.
#include "scenario.h"

#include <sys/mman.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t many[64];

static pthread_mutex_t *of_kind(int kind, int robustness) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, kind);
  pthread_mutexattr_setrobust(&attributes, robustness);
  int result = pthread_mutex_init(&m, &attributes);
  require(result == 0);
  tell("m", &m);
  return &m;
}

static int held(void) {
  tell("m", &m);
  require(pthread_mutex_lock(&m) == 0);
  return 0;
}

static int released(void) {
  require(pthread_mutex_lock(&m) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  require(pthread_mutex_trylock(&m) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  struct timespec time = past();
  require(pthread_mutex_timedlock(&m, &time) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  require(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &time) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  return 0;
}

static int tried(void) {
  tell("m", &m);
  require(pthread_mutex_trylock(&m) == 0);
  return 0;
}

static int recursive(void) {
  of_kind(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
  for (int time = 0; time < 3; time++) require(pthread_mutex_lock(&m) == 0);
  require(pthread_mutex_trylock(&m) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  return 0;
}

static int recursive_released(void) {
  of_kind(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
  for (int time = 0; time < 5; time++) require(pthread_mutex_lock(&m) == 0);
  for (int time = 0; time < 5; time++) require(pthread_mutex_unlock(&m) == 0);
  require(pthread_mutex_unlock(&m) == EPERM);
  return 0;
}

static int checking_twice(void) {
  of_kind(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
  require(pthread_mutex_lock(&m) == 0);
  require(pthread_mutex_lock(&m) == EDEADLK);
  require(pthread_mutex_trylock(&m) == EBUSY);
  return 0;
}

static int checking_not_held(void) {
  of_kind(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
  require(pthread_mutex_unlock(&m) == EPERM);
  require(pthread_mutex_lock(&m) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  require(pthread_mutex_unlock(&m) == EPERM);
  return 0;
}

static void *unlock_refused(void *unused) {
  require(pthread_mutex_unlock(&m) == EPERM);
  require(pthread_mutex_trylock(&m) == EBUSY);
  return unused;
}

static int checking_others(void) {
  of_kind(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
  require(pthread_mutex_lock(&m) == 0);
  join(start(unlock_refused, NULL));
  return 0;
}

static void *leave_locked(void *unused) {
  require(pthread_mutex_lock(&m) == 0);
  return unused;
}

static int robust_orphan(void) {
  of_kind(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
  join(start(leave_locked, NULL));
  return 0;
}

static int robust_taken_over(void) {
  robust_orphan();
  require(pthread_mutex_lock(&m) == EOWNERDEAD);
  return 0;
}

static int robust_repaired(void) {
  robust_taken_over();
  require(pthread_mutex_consistent(&m) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  return 0;
}

static int robust_given_up(void) {
  robust_taken_over();
  require(pthread_mutex_unlock(&m) == 0);
  struct timespec time = past();
  for (int attempt = 0; attempt < 2; attempt++) {
    require(pthread_mutex_lock(&m) == ENOTRECOVERABLE);
    require(pthread_mutex_timedlock(&m, &time) == ENOTRECOVERABLE);
    require(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &time) == ENOTRECOVERABLE);
  }
  require(pthread_mutex_trylock(&m) == ENOTRECOVERABLE);
  return 0;
}

static void *hold_m(void *name) {
  if (name != NULL) pthread_setname_np(pthread_self(), name);
  require(pthread_mutex_lock(&m) == 0);
  stand();
  return NULL;
}

static int failed_attempts(void) {
  tell("m", &m);
  start(hold_m, "holder");
  await_standing(1);
  struct timespec time = past();
  require(pthread_mutex_trylock(&m) == EBUSY);
  require(pthread_mutex_timedlock(&m, &time) == ETIMEDOUT);
  require(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &time) == ETIMEDOUT);
  require(pthread_mutex_clocklock(&m, CLOCK_REALTIME, &time) == ETIMEDOUT);
  require(pthread_mutex_clocklock(&m, CLOCK_PROCESS_CPUTIME_ID, &time) == EINVAL);
  struct timespec wrong = {1, -1};
  require(pthread_mutex_timedlock(&m, &wrong) == EINVAL);
  return 0;
}

static void init_many(void) {
  char name[8];
  for (int index = 0; index < 64; index++) {
    pthread_mutex_init(&many[index], NULL);
    snprintf(name, sizeof name, "m%d", index);
    tell(name, &many[index]);
  }
}

static void lock_many(int from, int to) {
  for (int index = from; index < to; index++) require(pthread_mutex_lock(&many[index]) == 0);
}

static int any_order(void) {
  static const int order[20] = {7, 0, 19, 3, 18, 12, 1, 5, 14, 9, 16, 2, 11, 8, 4, 17, 6, 15, 13, 10};
  init_many();
  lock_many(0, 20);
  for (int index = 0; index < 17; index++) require(pthread_mutex_unlock(&many[order[index]]) == 0);
  return 0;
}

static int any_order_all(void) {
  static const int order[20] = {7, 0, 19, 3, 18, 12, 1, 5, 14, 9, 16, 2, 11, 8, 4, 17, 6, 15, 13, 10};
  init_many();
  for (int round = 0; round < 3; round++) {
    lock_many(0, 20);
    for (int index = 0; index < 20; index++) require(pthread_mutex_unlock(&many[order[index]]) == 0);
  }
  return 0;
}

static int refilled(void) {
  init_many();
  lock_many(0, 12);
  require(pthread_mutex_unlock(&many[3]) == 0);
  require(pthread_mutex_unlock(&many[9]) == 0);
  lock_many(20, 22);
  return 0;
}

static int nine(void) {
  init_many();
  lock_many(0, 9);
  return 0;
}

static int sixty(void) {
  init_many();
  lock_many(0, 60);
  return 0;
}

static int sixty_released(void) {
  init_many();
  lock_many(0, 60);
  for (int index = 0; index < 60; index++) require(pthread_mutex_unlock(&many[index]) == 0);
  lock_many(63, 64);
  return 0;
}

static void *unlock_m(void *unused) {
  require(pthread_mutex_unlock(&m) == 0);
  return unused;
}

static int unlocked_by_another(void) {
  tell("m", &m);
  require(pthread_mutex_lock(&m) == 0);
  join(start(unlock_m, NULL));
  return 0;
}

static int taken_again_after_another(void) {
  unlocked_by_another();
  require(pthread_mutex_lock(&m) == 0);
  return 0;
}

static int within_another(void) {
  init_many();
  lock_many(0, 3);
  for (int index = 2; index > 0; index--) require(pthread_mutex_unlock(&many[index]) == 0);
  lock_many(4, 5);
  return 0;
}

static int recursive_within_another(void) {
  init_many();
  lock_many(0, 1);
  recursive();
  return 0;
}

static int released_below(void) {
  init_many();
  lock_many(0, 2);
  for (int index = 0; index < 2; index++) require(pthread_mutex_unlock(&many[index]) == 0);
  lock_many(2, 3);
  return 0;
}

static int taken_again_within_another(void) {
  init_many();
  lock_many(0, 1);
  return taken_again_after_another();
}

static int unmapped(void) {
  pthread_mutex_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(mapped != MAP_FAILED);
  pthread_mutex_init(mapped, NULL);
  tell("m", mapped);
  require(pthread_mutex_lock(mapped) == 0);
  require(munmap(mapped, 4096) == 0);
  return 0;
}

static int made_anew(void) {
  tell("m", &m);
  require(pthread_mutex_lock(&m) == 0);
  pthread_mutex_init(&m, NULL);
  return 0;
}

static int destroy_refused(void) {
  tell("m", &m);
  require(pthread_mutex_lock(&m) == 0);
  require(pthread_mutex_destroy(&m) == EBUSY);
  return 0;
}

static pthread_key_t key;

static int release_round;

static void release_at_end(void *mutex) {
  static __thread int rounds;
  if (++rounds < release_round) {
    pthread_setspecific(key, mutex);
    return;
  }
  require(pthread_mutex_unlock(mutex) == 0);
}

static void *lock_until_the_end(void *unused) {
  pthread_setspecific(key, &m);
  require(pthread_mutex_lock(&m) == 0);
  return unused;
}

static int released_in_round(int round) {
  release_round = round;
  pthread_key_create(&key, release_at_end);
  join(start(lock_until_the_end, NULL));
  return 0;
}

static int released_in_third_round(void) { return released_in_round(3); }
static int released_in_last_round(void) { return released_in_round(4); }

static void *contend(void *name) {
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  pthread_mutex_lock(&m);
  return NULL;
}

static int waiting(void) {
  tell("m", &m);
  require(pthread_mutex_lock(&m) == 0);
  start(contend, "waiter");
  await_standing(1);
  // The waiter is blocked once the mutex says that somebody is: its lock word is 2 then (glibc's lowlevellock.h).
  while (__atomic_load_n(&m.__data.__lock, __ATOMIC_ACQUIRE) != 2) sched_yield();
  return 0;
}

static void *wait_then_stand(void *unused) {
  sem_post(&standing);
  require(pthread_mutex_lock(&m) == 0);
  stand();
  return unused;
}

static int contended(void) {
  tell("m", &m);
  require(pthread_mutex_lock(&m) == 0);
  start(wait_then_stand, NULL);
  await_standing(1);
  while (__atomic_load_n(&m.__data.__lock, __ATOMIC_ACQUIRE) != 2) sched_yield();
  require(pthread_mutex_unlock(&m) == 0);
  await_standing(1);
  return 0;
}

static pid_t waiting_thread;

static void stand_in_cleanup(void *unused) {
  (void)unused;
  stand();
}

static void *wait_until_cancelled(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
  pthread_cleanup_push(stand_in_cleanup, NULL);
  waiting_thread = gettid();
  sem_post(&standing);
  pthread_mutex_lock(&m);
  pthread_cleanup_pop(0);
  return NULL;
}

static int waiting_cancelled(void) {
  tell("m", &m);
  pthread_mutex_lock(&m);
  pthread_t thread = start(wait_until_cancelled, "cancelled");
  await_standing(1);
  await_system_call(waiting_thread, IN_FUTEX);
  require(pthread_cancel(thread) == 0);
  await_standing(1);
  return 0;
}

SCENARIOS(
  {"waiting-cancelled", waiting_cancelled}, {"held", held}, {"released", released}, {"tried", tried}, {"recursive", recursive},
  {"recursive-released", recursive_released}, {"checking-twice", checking_twice},
  {"checking-not-held", checking_not_held}, {"checking-others", checking_others}, {"robust-orphan", robust_orphan},
  {"robust-taken-over", robust_taken_over}, {"robust-repaired", robust_repaired}, {"robust-given-up", robust_given_up},
  {"failed-attempts", failed_attempts}, {"any-order", any_order}, {"any-order-all", any_order_all},
  {"refilled", refilled}, {"nine", nine}, {"sixty", sixty}, {"sixty-released", sixty_released},
  {"unlocked-by-another", unlocked_by_another}, {"taken-again-after-another", taken_again_after_another},
  {"within-another", within_another}, {"recursive-within-another", recursive_within_another},
  {"released-below", released_below}, {"taken-again-within-another", taken_again_within_another},
  {"unmapped", unmapped}, {"made-anew", made_anew}, {"destroy-refused", destroy_refused},
  {"released-in-third-round", released_in_third_round}, {"released-in-last-round", released_in_last_round}, {"waiting", waiting}, {"contended", contended})
