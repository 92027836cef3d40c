// A wait for a condition gives its mutex back and takes it again, however it ends.
#include "scenario.h"

#include <threads.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static bool ready;

static void name_all(void) {
  tell("m", &m);
  tell("c", &c);
}

static void *wait_for_ready(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_mutex_lock(&m);
  sem_post(&standing);
  while (!ready) pthread_cond_wait(&c, &m);
  stand();
  return NULL;
}

/// The waiter is in its wait when its mutex is free.
static void await_waiter(void) {
  await_standing(1);
  pthread_mutex_lock(&m);
}

static int waiting(void) {
  name_all();
  start(wait_for_ready, "waiter");
  await_waiter();
  pthread_mutex_unlock(&m);
  return 0;
}

static int signalled(void) {
  name_all();
  start(wait_for_ready, "waiter");
  await_waiter();
  ready = true;
  pthread_cond_signal(&c);
  pthread_mutex_unlock(&m);
  await_standing(1);
  return 0;
}

static int woken_but_not_yet_going(void) {
  name_all();
  start(wait_for_ready, "waiter");
  await_waiter();
  ready = true;
  pthread_cond_signal(&c);
  return 0;  // with the mutex: the waiter can't come back
}

static int timed_out(void) {
  name_all();
  struct timespec time = past();
  pthread_mutex_lock(&m);
  require(pthread_cond_timedwait(&c, &m, &time) == ETIMEDOUT);
  require(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &time) == ETIMEDOUT);
  return 0;
}

static int timed_out_and_released(void) {
  timed_out();
  pthread_mutex_unlock(&m);
  return 0;
}

static struct timespec late(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_sec += 1000;
  return time;
}

static void wait_timed(void) {
  struct timespec time = late(CLOCK_REALTIME);
  pthread_cond_timedwait(&c, &m, &time);
}

static void wait_clocked(void) {
  struct timespec time = late(CLOCK_MONOTONIC);
  pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &time);
}

/// C11's are the same inside (glibc, sysdeps/nptl/thrd_priv.h).
static void wait_c11_timed(void) {
  struct timespec time = late(CLOCK_REALTIME);
  cnd_timedwait((cnd_t *)&c, (mtx_t *)&m, &time);
}

static void (*wait_long)(void);

static void *wait_long_for_ready(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_mutex_lock(&m);
  sem_post(&standing);
  while (!ready) wait_long();
  stand();
  return NULL;
}

static int waiting_long(void (*wait)(void)) {
  wait_long = wait;
  name_all();
  start(wait_long_for_ready, "waiter");
  await_waiter();
  pthread_mutex_unlock(&m);
  return 0;
}

static int timed(void) { return waiting_long(wait_timed); }
static int clocked(void) { return waiting_long(wait_clocked); }
static int c11_timed(void) { return waiting_long(wait_c11_timed); }

static int signalled_in_time(int (*waiting)(void)) {
  waiting();
  pthread_mutex_lock(&m);
  ready = true;
  pthread_cond_signal(&c);
  pthread_mutex_unlock(&m);
  await_standing(1);
  return 0;
}

static int timed_signalled(void) { return signalled_in_time(timed); }
static int clocked_signalled(void) { return signalled_in_time(clocked); }
static int c11_timed_signalled(void) { return signalled_in_time(c11_timed); }

static void unlock(void *mutex) { pthread_mutex_unlock(mutex); }

static void *wait_with_cleanup(void *unused) {
  pthread_mutex_lock(&m);
  sem_post(&standing);
  pthread_cleanup_push(unlock, &m);
  for (;;) pthread_cond_wait(&c, &m);
  pthread_cleanup_pop(0);
  return unused;
}

static int cancelled_with_cleanup(void) {
  name_all();
  pthread_t thread = start(wait_with_cleanup, NULL);
  await_waiter();
  pthread_mutex_unlock(&m);
  require(pthread_cancel(thread) == 0);
  join(thread);
  return 0;
}

static void *wait_without_cleanup(void *unused) {
  pthread_mutex_lock(&m);
  sem_post(&standing);
  for (;;) pthread_cond_wait(&c, &m);
  return unused;
}

static int cancelled(void) {
  name_all();
  pthread_t thread = start(wait_without_cleanup, NULL);
  await_waiter();
  pthread_mutex_unlock(&m);
  require(pthread_cancel(thread) == 0);
  join(thread);
  require(pthread_mutex_trylock(&m) == EBUSY);
  return 0;
}

static void *cancelled_then_standing(void *name) {
  pthread_setname_np(pthread_self(), name);
  wait_with_cleanup(NULL);
  return NULL;
}

static void stand_after_all(void *unused) {
  (void)unused;
  stand();
}

static void *stands_in_its_cleanup(void *name) {
  pthread_cleanup_push(stand_after_all, NULL);
  cancelled_then_standing(name);
  pthread_cleanup_pop(0);
  return NULL;
}

static int cancelled_and_standing(void) {
  name_all();
  pthread_t thread = start(stands_in_its_cleanup, "canceled");
  await_waiter();
  pthread_mutex_unlock(&m);
  require(pthread_cancel(thread) == 0);
  await_standing(1);
  return 0;
}

static int recursive(void) {
  name_all();
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&m, &attributes);
  struct timespec time = past();
  pthread_mutex_lock(&m);
  pthread_mutex_lock(&m);
  require(pthread_cond_timedwait(&c, &m, &time) == ETIMEDOUT);
  return 0;
}

static int not_held(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&m, &attributes);
  require(pthread_cond_wait(&c, &m) == EPERM);
  return 0;
}

SCENARIOS(
  {"waiting", waiting}, {"signalled", signalled}, {"woken", woken_but_not_yet_going}, {"timed-out", timed_out},
  {"timed-out-and-released", timed_out_and_released}, {"timed", timed}, {"clocked", clocked},
  {"c11-timed", c11_timed}, {"timed-signalled", timed_signalled}, {"clocked-signalled", clocked_signalled},
  {"c11-timed-signalled", c11_timed_signalled},
  {"canceled-with-cleanup", cancelled_with_cleanup}, {"canceled", cancelled},
  {"canceled-and-standing", cancelled_and_standing}, {"recursive", recursive}, {"not-held", not_held})
