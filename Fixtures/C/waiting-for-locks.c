// Threads wait when main leaves: the report says for what, and for whom where somebody has it. Conditions and barriers are
// nobody's.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="holder" kind=read-write-lock mode=exclusive
// FINDING: abandoned-lock thread="holder" kind=read-write-lock mode=shared
// FINDING: abandoned-lock thread="holder" kind=mutex
// FINDING: abandoned-lock thread="holder" kind=spin-lock
// FINDING: abandoned-lock thread="holder" kind=stream-lock
// FINDING: abandoned-lock count=5
// FINDING: abandoned-thread thread="for-reading" waiting=read-write-lock holder="holder"
// FINDING: abandoned-thread thread="for-writing" waiting=read-write-lock holder="holder"
// FINDING: abandoned-thread thread="for-mutex" waiting=mutex holder="holder"
// FINDING: abandoned-thread thread="for-spin-lock" waiting=spin-lock holder="holder"
// FINDING: abandoned-thread thread="for-stream" waiting=stream-lock holder="holder"
// FINDING: abandoned-thread thread="for-condition" waiting=condition
// FINDING: abandoned-thread thread="for-c11" waiting=condition
// FINDING: abandoned-thread thread="for-barrier" waiting=barrier
// FINDING: abandoned-thread thread="for-once" waiting=once holder="runner"
// FINDING: abandoned-thread thread="for-c11-once" waiting=once holder="c11-runner"
// FINDING: abandoned-thread count=12
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_rwlock_t written = PTHREAD_RWLOCK_INITIALIZER, shared = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t free_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static once_flag c11_once = ONCE_FLAG_INIT;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin_lock;
static mtx_t held_mutex, free_c11_mutex;
static cnd_t c11_condition;
static FILE *stream;
static sem_t ready;

static void stand(void) {
  sem_post(&ready);
  for (;;) pause();
}

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  pthread_rwlock_wrlock(&written);
  pthread_rwlock_rdlock(&shared);
  mtx_lock(&held_mutex);
  pthread_spin_lock(&spin_lock);
  flockfile(stream);
  stand();
  return unused;
}

static void *run_once(void *unused) {
  pthread_setname_np(pthread_self(), "runner");
  pthread_once(&once, stand);
  return unused;
}

static void *run_c11_once(void *unused) {
  pthread_setname_np(pthread_self(), "c11-runner");
  call_once(&c11_once, stand);
  return unused;
}

static void wait_for_condition(void) {
  pthread_mutex_lock(&free_mutex);
  for (;;) pthread_cond_wait(&condition, &free_mutex);
}

static void wait_for_c11(void) {
  mtx_lock(&free_c11_mutex);
  for (;;) cnd_wait(&c11_condition, &free_c11_mutex);
}

// A routine for each: threads that differ in nothing but their name are one finding.
#define WAITER(routine, index, name, call) \
  static void *routine(void *unused) {     \
    begin(index, name);                    \
    call;                                  \
    return unused;                         \
  }
WAITER(for_reading, 0, "for-reading", pthread_rwlock_rdlock(&written))
WAITER(for_writing, 1, "for-writing", pthread_rwlock_wrlock(&shared))
WAITER(for_mutex, 2, "for-mutex", mtx_lock(&held_mutex))
WAITER(for_stream, 3, "for-stream", flockfile(stream))
WAITER(for_condition, 4, "for-condition", wait_for_condition())
WAITER(for_c11, 5, "for-c11", wait_for_c11())
WAITER(for_barrier, 6, "for-barrier", pthread_barrier_wait(&barrier))
WAITER(for_once, 7, "for-once", pthread_once(&once, stand))
WAITER(for_c11_once, 8, "for-c11-once", call_once(&c11_once, stand))

static void *(*const waiters[])(void *) = {
  for_reading, for_writing, for_mutex, for_stream, for_condition, for_c11, for_barrier, for_once, for_c11_once,
};
enum { WAITERS = sizeof waiters / sizeof *waiters };

static void *spin(void *unused) {
  pthread_setname_np(pthread_self(), "for-spin-lock");
  pthread_spin_lock(&spin_lock);
  return unused;
}

static void start(void *(*routine)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_spin_init(&spin_lock, PTHREAD_PROCESS_PRIVATE);
  mtx_init(&held_mutex, mtx_plain);
  mtx_init(&free_c11_mutex, mtx_plain);
  cnd_init(&c11_condition);
  stream = tmpfile();
  start(hold);
  start(run_once);
  start(run_c11_once);
  pthread_t thread;
  for (int index = 0; index < WAITERS; index++) {
    pthread_create(&thread, NULL, waiters[index], NULL);
    pthread_detach(thread);
    await_system_call(index, SYS_futex);
  }
  pthread_create(&thread, NULL, spin, NULL);
  // A spinning thread makes no call, but runs on: its own clock says that it has come to its lock.
  clockid_t clock;
  struct timespec run = {0};
  pthread_getcpuclockid(thread, &clock);
  while (run.tv_sec == 0 && run.tv_nsec < 20000000) clock_gettime(clock, &run);
  pthread_detach(thread);
  return 0;
}
