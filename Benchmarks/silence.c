// Proves that uncontended locking makes no system call, reads no clock and allocates nothing.
//
// A second thread forbids itself every system call but its own end (seccomp(2)) and the processor's clock (PR_SET_TSC,
// prctl(2): the vDSO's clocks read it), either of which then ends the process by a signal; calls of malloc are counted.
// Then it locks and unlocks. The argument is what to do in place of locking, so that the proof itself can be tried:
// `locks`, or `system-call`, `clock` or `malloc`, which must all fail.
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 1000000, NESTED = 8 };

// MARK: - Allocations

static volatile long allocations;

// The C library's own names for its functions, exported for programs that replace them.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

void *malloc(size_t size) {
  allocations += 1;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  allocations += 1;
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  allocations += 1;
  return __libc_realloc(block, size);
}

void free(void *block) {
  allocations += 1;
  __libc_free(block);
}

// MARK: - What is tried

static void lock_everything(void) {
  static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
  static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  static pthread_rwlock_t read_write = PTHREAD_RWLOCK_INITIALIZER;
  static pthread_spinlock_t spin;
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  for (int round = 0; round < ROUNDS; round++) {
    pthread_mutex_lock(&plain);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    pthread_rwlock_rdlock(&read_write);
    pthread_spin_lock(&spin);
    pthread_spin_unlock(&spin);
    pthread_rwlock_unlock(&read_write);
    pthread_mutex_unlock(&recursive);
    pthread_mutex_unlock(&recursive);
    pthread_mutex_unlock(&plain);
  }
}

/// As many at once as a thread's slot has room for: the next one takes memory, the first time.
static void lock_as_many_as_fit(void) {
  static pthread_mutex_t locks[NESTED];
  for (int round = 0; round < ROUNDS / NESTED; round++) {
    for (int index = 0; index < NESTED; index++) pthread_mutex_lock(&locks[index]);
    for (int index = 0; index < NESTED; index++) pthread_mutex_unlock(&locks[index]);
  }
}

static void try_locks(void) {
  lock_everything();
  lock_as_many_as_fit();
}

static void try_system_call(void) { syscall(SYS_getppid); }

static void try_clock(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
}

static void try_malloc(void) {
  void *volatile block = malloc(16);
  free(block);
}

// MARK: - The thread

static void (*attempt)(void);
static volatile long allocated = -1;

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  _exit(2);
}

/// Past libc: a recorder that sees the installation makes no system call from then on, and there would be nothing to measure.
static long install(const struct sock_fprog *program) {
  long result;
  register const struct sock_fprog *third __asm__("rdx") = program;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(SYS_prctl), "D"((long)PR_SET_SECCOMP), "S"((long)SECCOMP_MODE_FILTER), "r"(third)
                   : "rcx", "r11", "memory");
  return result;
}

static void forbid_everything(void) {
  struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) != 0) fail("the processor's clock can't be forbidden here (PR_SET_TSC)");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("PR_SET_NO_NEW_PRIVS was refused");
  if (install(&program) != 0) fail("system calls can't be forbidden here (seccomp)");
}

static void *work(void *unused) {
  // The thread's first allocation makes system calls: later ones must be caught by their count alone.
  try_malloc();
  forbid_everything();
  long before = allocations;
  attempt();
  allocated = allocations - before;
  // Not by a return: the C library would free the thread's stack and block its signals, by system calls.
  syscall(SYS_exit, 0);
  return unused;
}

int main(int argument_count, char **arguments) {
  static const struct {
    const char *name;
    void (*attempt)(void);
  } attempts[] = {
    {"locks", try_locks}, {"system-call", try_system_call}, {"clock", try_clock}, {"malloc", try_malloc}};
  for (size_t index = 0; argument_count == 2 && index < sizeof attempts / sizeof *attempts; index++) {
    if (strcmp(arguments[1], attempts[index].name) == 0) attempt = attempts[index].attempt;
  }
  if (attempt == NULL) fail("usage: silence locks|system-call|clock|malloc");
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, NULL) != 0) fail("no thread could be created");
  pthread_join(thread, NULL);
  return allocated == 0 ? 0 : 1;
}
