// Confines itself by a seccomp filter that lists the few calls that it makes itself, leaves a thread with a lock, and ends.
//
// Arguments: what the filter does with every other call (kill, trap, errno), how it is installed (prctl, syscall, prctl-by-number), who is
// confined (all, alone: the calling thread), and how the program ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready, allowed, *opened;

/// More than a thread's record has room for without new memory.
static void many_locks(void) {
  static pthread_mutex_t locks[200];
  for (int index = 0; index < 200; index++) pthread_mutex_lock(&locks[index]);
  for (int index = 0; index < 200; index++) pthread_mutex_unlock(&locks[index]);
}

static void *hold(void *unused) {
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

static void *hold_after_many(void *unused) {
  many_locks();
  return hold(unused);
}

static void start_holder(void *(*routine)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, routine, NULL) != 0) _exit(97);
  while (sem_wait(&ready) != 0) {}
}

static const int always[] = {SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_futex, SYS_pause};
static const int with_threads[] = {
  SYS_rt_sigaction, SYS_getrandom, SYS_brk, SYS_mmap, SYS_mprotect, SYS_munmap, SYS_madvise, SYS_clone, SYS_clone3, SYS_rseq, SYS_set_robust_list, SYS_rt_sigprocmask,
};
static const int with_pipes[] = {SYS_read, SYS_write};
static const int with_exec[] = {SYS_execve};
static const int with_descriptors[] = {SYS_dup2};
static const int with_children[] = {SYS_clone, SYS_wait4, SYS_set_robust_list, SYS_rseq};

static struct sock_filter filter[64];
static unsigned short length;

static void add(unsigned short code, unsigned value, unsigned char yes, unsigned char no) {
  filter[length++] = (struct sock_filter){code, yes, no, value};
}

static void allow(const int *calls, size_t count) {
  for (size_t index = 0; index < count; index++) {
    add(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[index], 0, 1);
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  }
}
#define ALLOW(calls) allow(calls, sizeof calls / sizeof *calls)

static unsigned action(const char *word) {
  if (strcmp(word, "kill") == 0) return SECCOMP_RET_KILL_PROCESS;
  return strcmp(word, "trap") == 0 ? SECCOMP_RET_TRAP : SECCOMP_RET_ERRNO | EPERM;
}

static void confine(const char *otherwise, const char *how, const char *whom, const char *ending) {
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
  ALLOW(always);
  if (strcmp(ending, "late-thread") == 0) ALLOW(with_threads);
  if (strcmp(ending, "fork") == 0) ALLOW(with_children);
  if (strcmp(ending, "from-flush") == 0) ALLOW(with_pipes);
  if (strcmp(ending, "exec-fails") == 0) ALLOW(with_exec);
  if (strcmp(ending, "high-descriptor") == 0) ALLOW(with_descriptors);
  add(BPF_RET | BPF_K, action(otherwise), 0, 0);
  struct sock_fprog program = {length, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  unsigned flags = strcmp(whom, "all") == 0 ? SECCOMP_FILTER_FLAG_TSYNC : 0;
  long result;
  if (strcmp(how, "prctl") == 0) result = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  else if (strcmp(how, "prctl-by-number") == 0) result = syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  else result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result != 0) _exit(98);
}

static void *exit_from_thread(void *unused) {
  sem_post(&ready);  // libc makes calls of its own in a thread that is being born: they come before the filter
  while (sem_wait(&allowed) != 0) {}
  exit(3);
  return unused;
}

static int end_at_once(void *unused) {
  _exit(unused != NULL);
}

/// A child in this memory, which has ended when this returns. It leaves its maker's thread-local storage marked.
static void share_memory(void) {
  static char stack[64 * 1024] __attribute__((aligned(16)));
  pid_t child = clone(end_at_once, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
  if (child < 0 || waitpid(child, NULL, 0) != child) _exit(94);
}

/// Opened twice: what closes it once leaves its memory where it is, and asks the kernel nothing.
static sem_t *open_twice(void) {
  char name[32];
  snprintf(name, sizeof name, "/straggler-confined-%d", getpid());
  sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
  if (semaphore == SEM_FAILED || sem_open(name, 0) != semaphore || sem_unlink(name) != 0) _exit(93);
  return semaphore;
}

enum { TRAP_FLAG = 0x100 };
static _Atomic int about_to_call, confining, has_called;

static int milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int)(now.tv_sec % 10000 * 1000 + now.tv_nsec / 1000000);
}

/// Comes after every instruction. Before the recorder's first system call the thread waits until the filter would have been installed.
static void step(int number, siginfo_t *info, void *place) {
  (void)number, (void)info;
  greg_t *registers = ((ucontext_t *)place)->uc_mcontext.gregs;
  const unsigned char *next = (const unsigned char *)registers[REG_RIP];
  Dl_info object;
  if (next[0] != 0x0f || next[1] != 0x05) return;
  if (dladdr(next, &object) == 0 || strstr(object.dli_fname, "libStragglerPreload") == NULL) return;
  registers[REG_EFL] &= ~(greg_t)TRAP_FLAG;
  about_to_call = 1;
  while (!confining) {}
  for (int begun = milliseconds(); milliseconds() - begun < 50;) {}
}

/// Sets an alternate stack, of which the recorder asks the kernel what is there.
static void *call_step_by_step(void *unused) {
  static char alternate[64 * 1024];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_sigaction = step, .sa_flags = SA_SIGINFO};
  if (sigaction(SIGTRAP, &action, NULL) != 0) _exit(89);
  __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
  int result = sigaltstack(&stack, NULL);
  __asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
  if (result != 0) _exit(89);
  has_called = about_to_call = 1;
  for (;;) pause();
  return unused;
}

static int pipe_ends[2];

/// Ends the process from within its exit, which flushes a stream into a pipe that is too small for it.
static void *end_in_the_flush(void *unused) {
  char byte;
  sem_post(&ready);
  while (read(pipe_ends[0], &byte, 1) != 1) {}
  _exit(3);
  return unused;
}

static void fill_a_stream(void) {
  static char buffer[1 << 20];
  FILE *stream = pipe(pipe_ends) == 0 ? fdopen(pipe_ends[1], "w") : NULL;
  if (stream == NULL || setvbuf(stream, buffer, _IOFBF, sizeof buffer) != 0) _exit(90);
  for (size_t byte = 0; byte < sizeof buffer / 2; byte++) putc('x', stream);
}

static void end(const char *ending) {
  if (strcmp(ending, "from-flush") == 0) exit(4);
  if (strcmp(ending, "exit") == 0) exit(3);
  if (strcmp(ending, "_exit") == 0) _exit(3);
  if (strcmp(ending, "quick_exit") == 0) quick_exit(3);
  if (strcmp(ending, "raw") == 0) syscall(SYS_exit_group, 3);
  if (strcmp(ending, "late-thread") == 0) start_holder(hold_after_many);
  if (strcmp(ending, "many-locks") == 0) many_locks();
  while (strcmp(ending, "amid-a-call") == 0 && !has_called) {}
  if (strcmp(ending, "close-semaphore") == 0 && sem_close(opened) != 0) _exit(93);
  if (strcmp(ending, "high-descriptor") == 0 && dup2(STDIN_FILENO, 1000) != 1000) _exit(91);
  if (strcmp(ending, "exec-fails") == 0 && (execl("/no/such/program", "", NULL) != -1 || errno != ENOENT)) _exit(92);
  if (strcmp(ending, "from-thread") == 0) {
    sem_post(&allowed);
    for (;;) pause();
  }
  if (strcmp(ending, "fork") == 0) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) _exit(pthread_mutex_trylock(&journal) == EBUSY ? 0 : 1);
    waitpid(child, &status, 0);
    if (status != 0) _exit(96);
  }
}

static _Atomic int is_through;

/// In strict mode a thread may read, write and end itself alone: seccomp(2). Another call ends it, and nothing else.
static void *confine_strictly(void *how) {
  long result;
  if (strcmp(how, "prctl") == 0) result = prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
  else if (strcmp(how, "prctl-by-number") == 0) result = syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0);
  else result = syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
  if (result != 0) return NULL;
  many_locks();
  is_through = 1;
  syscall(SYS_exit, 0);
  return NULL;
}

static int end_with_a_strict_thread(char *how) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, confine_strictly, how) != 0) return 97;
  pthread_join(thread, NULL);
  return is_through ? 3 : 88;
}

/// The kernel refuses what is no filter: the program is as free as before.
static int end_with_a_refused_filter(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 98;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != -1 || errno != EFAULT) return 98;
  if (dup2(STDIN_FILENO, 1000) != 1000) return 91;
  start_holder(hold_after_many);
  return 3;
}

int main(int count, char **arguments) {
  if (count == 3 && strcmp(arguments[1], "strict") == 0) return end_with_a_strict_thread(arguments[2]);
  if (count == 2 && strcmp(arguments[1], "refused") == 0) {
    sem_init(&ready, 0, 0);
    return end_with_a_refused_filter();
  }
  if (count != 5) return 95;
  const char *ending = arguments[4];
  sem_init(&ready, 0, 0);
  pthread_t thread;
  if (strcmp(ending, "late-thread") != 0) start_holder(hold);
  if (strcmp(ending, "from-thread") == 0) {
    if (pthread_create(&thread, NULL, exit_from_thread, NULL) != 0) return 97;
    while (sem_wait(&ready) != 0) {}
  }
  if (strcmp(ending, "from-flush") == 0) {
    fill_a_stream();
    start_holder(end_in_the_flush);
  }
  if (strcmp(ending, "after-clone") == 0) share_memory();
  if (strcmp(ending, "amid-a-call") == 0) {
    if (pthread_create(&thread, NULL, call_step_by_step, NULL) != 0) return 97;
    while (!about_to_call) sched_yield();
    confining = 1;
  }
  if (strcmp(ending, "exec-fails") == 0 && fopen("/dev/null", "w") == NULL) return 92;
  if (strcmp(ending, "close-semaphore") == 0) opened = open_twice();
  confine(arguments[1], arguments[2], arguments[3], ending);
  end(ending);
  return 3;
}
