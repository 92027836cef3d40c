// C11's locks, barriers and once-routines; locks that are destroyed, made anew or freed; named semaphores.
#include "scenario.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <threads.h>

static mtx_t m;
static cnd_t c;
static pthread_mutex_t p;
static pthread_rwlock_t l;
static pthread_spinlock_t s;
static pid_t waiter;

// MARK: - C11

static int c11_held(void) {
  tell("m", &m);
  require(mtx_init(&m, mtx_plain) == thrd_success);
  require(mtx_lock(&m) == thrd_success);
  require(mtx_trylock(&m) == thrd_busy);
  return 0;
}

static int c11_recursive(void) {
  struct timespec time = past();
  tell("m", &m);
  require(mtx_init(&m, mtx_recursive | mtx_timed) == thrd_success);
  require(mtx_lock(&m) == thrd_success);
  require(mtx_trylock(&m) == thrd_success);
  require(mtx_timedlock(&m, &time) == thrd_success);
  require(mtx_unlock(&m) == thrd_success);
  return 0;
}

static int c11_released(void) {
  struct timespec time = past();
  require(mtx_init(&m, mtx_timed) == thrd_success);
  require(mtx_lock(&m) == thrd_success && mtx_unlock(&m) == thrd_success);
  require(mtx_trylock(&m) == thrd_success && mtx_unlock(&m) == thrd_success);
  require(mtx_timedlock(&m, &time) == thrd_success && mtx_unlock(&m) == thrd_success);
  return 0;
}

static int c11_timed_out(void) {
  struct timespec time = past();
  c11_held();
  require(mtx_timedlock(&m, &time) == thrd_timedout);
  return 0;
}

static void announce(const char *name) {
  pthread_setname_np(pthread_self(), name);
  waiter = gettid();
  sem_post(&standing);
}

static void *lock_c11(void *name) {
  announce(name);
  mtx_lock(&m);
  return NULL;
}

static int c11_waiting(void) {
  c11_held();
  start(lock_c11, "waiter");
  await_standing(1);
  await_system_call(waiter, SYS_futex);
  return 0;
}

static void *wait_c11(void *name) {
  require(mtx_lock(&m) == thrd_success);
  announce(name);
  cnd_wait(&c, &m);
  return NULL;
}

static int c11_condition(void) {
  tell("m", &m);
  tell("c", &c);
  require(mtx_init(&m, mtx_plain) == thrd_success && cnd_init(&c) == thrd_success);
  start(wait_c11, "waiter");
  await_standing(1);
  await_system_call(waiter, SYS_futex);
  return 0;
}

// MARK: - Rendezvous

static pthread_barrier_t b;

static void *wait_at_barrier(void *name) {
  announce(name);
  pthread_barrier_wait(&b);
  return NULL;
}

static int barrier_waiting(void) {
  tell("b", &b);
  pthread_barrier_init(&b, NULL, 2);
  start(wait_at_barrier, "waiter");
  await_standing(1);
  await_system_call(waiter, SYS_futex);
  return 0;
}

static int barrier_passed(void) {
  pthread_barrier_init(&b, NULL, 1);
  require(pthread_barrier_wait(&b) == PTHREAD_BARRIER_SERIAL_THREAD);
  return 0;
}

static pthread_once_t o = PTHREAD_ONCE_INIT;
static once_flag f = ONCE_FLAG_INIT;
static int ran;

static void never_done(void) { stand(); }
static void count_run(void) { ran++; }

static void ask_once(void) { pthread_once(&o, never_done); }
static void ask_c11_once(void) { call_once(&f, never_done); }
static void (*ask)(void);

static void *run_once(void *name) {
  pthread_setname_np(pthread_self(), name);
  ask();
  return NULL;
}

static void *wait_for_once(void *name) {
  announce(name);
  ask();
  return NULL;
}

static int asked_twice(void (*asked)(void)) {
  ask = asked;
  start(run_once, "runner");
  await_standing(1);
  start(wait_for_once, "waiter");
  await_standing(1);
  await_system_call(waiter, SYS_futex);
  return 0;
}

static int once_waiting(void) {
  tell("o", &o);
  return asked_twice(ask_once);
}

static int c11_once_waiting(void) {
  tell("o", &f);
  return asked_twice(ask_c11_once);
}

static int once_done(void) {
  for (int round = 0; round < 3; round++) {
    require(pthread_once(&o, count_run) == 0);
    call_once(&f, count_run);
  }
  require(ran == 2);
  return 0;
}

static void take_over(void) {
  ran++;
  stand();
}

static void *begin_and_be_cancelled(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_once(&o, never_done);
  return NULL;
}

static void *wait_and_take_over(void *name) {
  announce(name);
  pthread_once(&o, take_over);
  return NULL;
}

static int once_taken_over(void) {
  pthread_t runner = start(begin_and_be_cancelled, "runner");
  await_standing(1);
  start(wait_and_take_over, "heir");
  await_standing(1);
  await_system_call(waiter, SYS_futex);
  require(pthread_cancel(runner) == 0);
  await_standing(1);
  require(__atomic_load_n(&ran, __ATOMIC_ACQUIRE) == 1);
  join(runner);
  return 0;
}

// MARK: - Locks that end

static int destroyed_in_vain(void) {
  tell("p", &p);
  require(pthread_mutex_init(&p, NULL) == 0 && pthread_mutex_lock(&p) == 0);
  require(pthread_mutex_destroy(&p) == EBUSY);
  return 0;
}

static void *lock_everything(void *unused) {
  require(pthread_mutex_lock(&p) == 0);
  require(pthread_rwlock_wrlock(&l) == 0);
  require(pthread_spin_lock(&s) == 0);
  return unused;
}

static void make_everything(void) {
  require(pthread_mutex_init(&p, NULL) == 0);
  require(pthread_rwlock_init(&l, NULL) == 0);
  require(pthread_spin_init(&s, PTHREAD_PROCESS_PRIVATE) == 0);
}

/// Ended by a signal: nothing but the record tells who had what.
static int die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
  return 0;
}

static int orphaned_and_killed(void) {
  tell("p", &p);
  tell("l", &l);
  tell("s", &s);
  make_everything();
  join(start(lock_everything, NULL));
  return die();
}

static int orphaned_made_anew_and_killed(void) {
  make_everything();
  join(start(lock_everything, NULL));
  make_everything();
  return die();
}

static int held_made_anew_and_killed(void) {
  make_everything();
  lock_everything(NULL);
  make_everything();
  return die();
}

// Not all of them refuse to be destroyed in somebody's hand, as a mutex does.

static pthread_rwlock_t r;

static int destroyed_while_held_and_killed(void) {
  make_everything();
  require(pthread_rwlock_init(&r, NULL) == 0 && mtx_init(&m, mtx_recursive) == thrd_success);
  tell("l", &l);
  tell("r", &r);
  tell("s", &s);
  tell("m", &m);
  require(pthread_rwlock_wrlock(&l) == 0 && pthread_rwlock_rdlock(&r) == 0 && pthread_spin_lock(&s) == 0);
  require(mtx_lock(&m) == thrd_success && mtx_lock(&m) == thrd_success);
  require(pthread_rwlock_destroy(&l) == 0 && pthread_rwlock_destroy(&r) == 0 && pthread_spin_destroy(&s) == 0);
  require(mtx_init(&m, mtx_recursive) == thrd_success);
  return die();
}

static void *hold_and_stand(void *name) {
  pthread_setname_np(pthread_self(), name);
  require(pthread_mutex_lock(&p) == 0 && mtx_lock(&m) == thrd_success);
  require(pthread_rwlock_wrlock(&l) == 0 && pthread_rwlock_rdlock(&r) == 0);
  stand();
  return NULL;
}

static int hold_elsewhere(void) {
  tell("p", &p);
  tell("m", &m);
  tell("l", &l);
  tell("r", &r);
  require(pthread_mutex_init(&p, NULL) == 0 && mtx_init(&m, mtx_plain) == thrd_success);
  require(pthread_rwlock_init(&l, NULL) == 0 && pthread_rwlock_init(&r, NULL) == 0);
  start(hold_and_stand, "holder");
  await_standing(1);
  return 0;
}

static int others_and_killed(void) {
  hold_elsewhere();
  return die();
}

static int others_made_anew_and_killed(void) {
  hold_elsewhere();
  require(pthread_mutex_init(&p, NULL) == 0 && mtx_init(&m, mtx_plain) == thrd_success);
  require(pthread_rwlock_init(&l, NULL) == 0 && pthread_rwlock_destroy(&r) == 0);
  return die();
}

typedef struct Freed {
  pthread_mutex_t mutex;
  pthread_rwlock_t read_write;
  pthread_spinlock_t spin;
  sem_t semaphore;
} Freed;

static void *lock_and_free(void *argument) {
  Freed *freed = argument;
  pthread_setname_np(pthread_self(), "holder");
  require(pthread_mutex_lock(&freed->mutex) == 0 && pthread_rwlock_wrlock(&freed->read_write) == 0);
  require(pthread_spin_lock(&freed->spin) == 0 && sem_wait(&freed->semaphore) == 0);
  require(munmap(freed, sizeof *freed) == 0);
  stand();
  return NULL;
}

static int freed_while_held(void) {
  Freed *freed = mmap(NULL, sizeof *freed, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(freed != MAP_FAILED);
  require(pthread_mutex_init(&freed->mutex, NULL) == 0 && pthread_rwlock_init(&freed->read_write, NULL) == 0);
  require(pthread_spin_init(&freed->spin, PTHREAD_PROCESS_PRIVATE) == 0 && sem_init(&freed->semaphore, 0, 1) == 0);
  start(lock_and_free, freed);
  await_standing(1);
  return 0;
}

// MARK: - Named semaphores

static sem_t *n;

static void *take_named(void *name) {
  pthread_setname_np(pthread_self(), name);
  require(sem_wait(n) == 0);
  stand();
  return NULL;
}

static int named(unsigned value) {
  char name[64];
  snprintf(name, sizeof name, "/straggler-%d", getpid());
  n = sem_open(name, O_CREAT | O_EXCL, 0600, value);
  require(n != SEM_FAILED && sem_open(name, 0) == n && sem_unlink(name) == 0);
  require(sem_close(n) == 0);  // one of two
  tell("n", n);
  start(take_named, "taker");
  await_standing(1);
  return 0;
}

static int named_lock(void) { return named(1); }
static int named_counter(void) { return named(2); }

static int named_closed(void) {
  named(1);
  require(sem_close(n) == 0);
  return 0;
}

SCENARIOS(
  {"c11-held", c11_held}, {"c11-recursive", c11_recursive}, {"c11-released", c11_released},
  {"c11-timed-out", c11_timed_out}, {"c11-waiting", c11_waiting}, {"c11-condition", c11_condition},
  {"barrier-waiting", barrier_waiting}, {"barrier-passed", barrier_passed}, {"once-waiting", once_waiting},
  {"c11-once-waiting", c11_once_waiting},
  {"once-done", once_done}, {"once-taken-over", once_taken_over}, {"destroyed-in-vain", destroyed_in_vain},
  {"orphaned-and-killed", orphaned_and_killed}, {"orphaned-made-anew-and-killed", orphaned_made_anew_and_killed},
  {"held-made-anew-and-killed", held_made_anew_and_killed}, {"freed-while-held", freed_while_held},
  {"destroyed-while-held-and-killed", destroyed_while_held_and_killed}, {"others-and-killed", others_and_killed},
  {"others-made-anew-and-killed", others_made_anew_and_killed},
  {"named-lock", named_lock}, {"named-counter", named_counter}, {"named-closed", named_closed})
