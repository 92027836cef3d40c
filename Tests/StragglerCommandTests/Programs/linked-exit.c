// Exits that do not end, in a program that is linked with the recorder and that nobody observes. The first argument says how.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER, cache = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t counter;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static sem_t started, token;
static pthread_t worker;
static int ends[2];
static const char *how;

static int is(const char *name) { return strcmp(how, name) == 0; }

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void) {
  sem_post(&started);
  pthread_mutex_lock(&journal);
}

static void *work(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  if (is("circle-once")) pthread_once(&prepared, prepare);
  pthread_mutex_lock(&cache);
  pthread_rwlock_rdlock(&table);
  pthread_spin_lock(&counter);
  if (is("circle-stream")) flockfile(stdout);
  sem_post(&started);
  if (strncmp(how, "circle-", 7) == 0) pthread_mutex_lock(&journal);
  else if (!is("orphan")) for (;;) pause();
  return unused;
}

static FILE *record;

/// A stream is closed under its lock, and another one is made where it was, which a second thread then locks.
static void *close_locked(void *unused) {
  FILE *closed = fopen("/dev/null", "w");
  flockfile(closed);
  fclose(closed);
  record = fopen("/dev/null", "w");
  if (record != closed) abort();
  sem_post(&started);
  pthread_mutex_lock(&journal);
  return unused;
}

static void *lock_record(void *unused) {
  flockfile(record);
  sem_post(&started);
  // Long enough for whoever watches to look several times.
  usleep(500000);
  funlockfile(record);
  return unused;
}

static void renew_stream(void) {
  pthread_t closer;
  pthread_create(&closer, NULL, close_locked, NULL);
  sem_wait(&started);
  pthread_create(&worker, NULL, lock_record, NULL);
  sem_wait(&started);
}

static void *sleep_on(void *unused) {
  for (;;) pause();
  return unused;
}

// From the linker: where this program's own code is, and with it the recorder's.
extern const char __executable_start, etext;

/// Whether an instruction is `lock cmpxchg`, with or without a REX prefix.
static int compares_and_exchanges(const unsigned char *code) {
  if ((const char *)code < &__executable_start || (const char *)code >= &etext || *code++ != 0xf0) return 0;
  if ((*code & 0xf0) == 0x40) code++;
  return code[0] == 0x0f && code[1] == 0xb1;
}

enum { TRAP_FLAG = 0x100 };

/// Comes after every instruction. The first of these by which the recorder claims something makes the end of the process this thread's
/// own: there the exit's time runs out.
static void step(int number, siginfo_t *info, void *place) {
  static const unsigned char *before;
  (void)number, (void)info;
  ucontext_t *context = place;
  const unsigned char *next = (const unsigned char *)context->uc_mcontext.gregs[REG_RIP];
  if (before != NULL && compares_and_exchanges(before)) {
    context->uc_mcontext.gregs[REG_EFL] &= ~(long long)TRAP_FLAG;
    struct timespec begun, now;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 < 1700);
    if (write(STDOUT_FILENO, "claimed\n", 8) != 8) abort();
  }
  before = next;
}

static void end_step_by_step(void) {
  struct sigaction action = {.sa_sigaction = step, .sa_flags = SA_SIGINFO};
  if (sigaction(SIGTRAP, &action, NULL) != 0) abort();
  __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
  _exit(0);
}

/// The exit's last step, after a while in which nothing keeps it.
static void wait_at_exit(void) {
  char byte;
  if (is("circle-mutex") || is("mutex") || is("orphan")) pthread_mutex_lock(&cache);
  if (is("circle-rwlock") || is("rwlock")) pthread_rwlock_wrlock(&table);
  if (is("circle-spin") || is("spin")) pthread_spin_lock(&counter);
  if (is("circle-join") || is("join")) pthread_join(worker, NULL);
  if (is("circle-once")) pthread_once(&prepared, prepare);
  if (is("late-thread")) {
    pthread_create(&worker, NULL, sleep_on, NULL);
    pthread_join(worker, NULL);
  }
  if (is("itself")) pthread_mutex_lock(&journal);
  if (is("condition")) pthread_cond_wait(&change, &journal);
  if (is("semaphore")) sem_wait(&token);
  if (is("pipe") && read(ends[0], &byte, 1) != 0) abort();
  if (is("claimed")) end_step_by_step();
  if (is("loop")) for (;;) continue;
  if (is("circle-with-limit")) {
    struct timespec limit;
    clock_gettime(CLOCK_MONOTONIC, &limit);
    limit.tv_sec += 1;
    if (pthread_mutex_clocklock(&cache, CLOCK_MONOTONIC, &limit) != ETIMEDOUT) abort();
    puts("gave way");
  }
  if (is("circle-stream")) flockfile(stdout);
  if (is("renewed-stream")) {
    flockfile(record);
    puts("took it");
  }
  if (is("slow")) {
    // Nothing of the watch may show: no call is cut short.
    struct timespec time = {0, 300000000};
    if (nanosleep(&time, NULL) != 0) abort();
    puts("slept");
  }
}

int main(int argument_count, char **arguments) {
  if (argument_count != 2 || pipe(ends) != 0) return 97;
  how = arguments[1];
  pthread_spin_init(&counter, 0);
  sem_init(&started, 0, 0);
  sem_init(&token, 0, 0);
  atexit(wait_at_exit);
  if (is("late-thread")) return 0;
  pthread_mutex_lock(&journal);
  if (is("renewed-stream")) {
    renew_stream();
    return 0;
  }
  pthread_create(&worker, NULL, work, NULL);
  sem_wait(&started);
  if (is("orphan")) pthread_join(worker, NULL);
  return 0;
}
