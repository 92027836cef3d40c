// What a program can notice of the recorder: descriptors, errno, signals, environment, output.
#include "scenario.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

/// Prints what is open, but for the descriptor that looks.
static void print_open(void) {
  DIR *folder = opendir("/proc/self/fd");
  require(folder != NULL);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder)) printf("open %s\n", entry->d_name);
  }
  closedir(folder);
}

static int descriptors(void) {
  print_open();
  printf("first %d\n", open("/dev/null", O_RDONLY));
  printf("second %d\n", fileno(fopen("/dev/null", "r")));
  print_open();
  return 0;
}

static void *stand_with_m(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  require(pthread_mutex_lock(&m) == 0);
  stand();
  return unused;
}

static int everything_closed(void) {
  tell("m", &m);
  close_range(3, ~0u, 0);
  for (int descriptor = 3; descriptor < 1024; descriptor++) close(descriptor);
  require(open("/dev/null", O_RDONLY) == 3);
  start(stand_with_m, NULL);
  await_standing(1);
  close_range(0, ~0u, 0);
  return 0;
}

static void *nothing(void *unused) { return unused; }

static int errno_is_kept(void) {
  pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;
  pthread_cond_t c = PTHREAD_COND_INITIALIZER;
  pthread_spinlock_t s;
  struct timespec time = past();
  pthread_spin_init(&s, 0);
  FILE *stream = fopen("/dev/null", "w");
  errno = 12345;
  require(pthread_mutex_lock(&m) == 0 && pthread_mutex_trylock(&m) == EBUSY && errno == 12345);
  require(pthread_mutex_timedlock(&m, &time) == ETIMEDOUT && errno == 12345);
  require(pthread_cond_timedwait(&c, &m, &time) == ETIMEDOUT && errno == 12345);
  require(pthread_mutex_unlock(&m) == 0 && errno == 12345);
  require(pthread_rwlock_rdlock(&l) == 0 && pthread_rwlock_trywrlock(&l) == EBUSY && errno == 12345);
  require(pthread_rwlock_unlock(&l) == 0 && pthread_spin_lock(&s) == 0 && pthread_spin_unlock(&s) == 0);
  require(errno == 12345);
  pthread_t thread = start(nothing, NULL);
  require(pthread_setname_np(pthread_self(), "main") == 0 && pthread_join(thread, NULL) == 0 && errno == 12345);
  int descriptor = open("/dev/null", O_RDWR);
  require(write(descriptor, "x", 1) == 1 && dup2(descriptor, 50) == 50 && close(50) == 0 && errno == 12345);
  require(close(descriptor) == 0 && errno == 12345);
  require(fputs("x", stream) >= 0 && fwrite("x", 1, 1, stream) == 1 && fprintf(stream, "x") == 1 && errno == 12345);
  for (int index = 0; index < 1000; index++) require(fputc('x', stream) == 'x');
  require(fflush(stream) == 0 && fclose(stream) == 0 && errno == 12345);
  require(close(-1) == -1 && errno == EBADF);
  require(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
  require(write(-1, "x", 1) == -1 && errno == EBADF);
  require(fopen("/", "w") == NULL && errno == EISDIR);
  return 0;
}

static void report_signal(int signal) {
  if (signal == SIGUSR1) require(write(1, "handled\n", 8) == 8);
}

static int signals(void) {
  sigset_t blocked, pending;
  require(sigprocmask(SIG_BLOCK, NULL, &blocked) == 0);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) continue;
    bool is_default = action.sa_handler == SIG_DFL && action.sa_flags == 0;
    if (!is_default || sigismember(&blocked, number)) printf("signal %d is not as it was\n", number);
  }
  struct sigaction action = {.sa_handler = report_signal};
  require(sigaction(SIGUSR1, &action, NULL) == 0);
  raise(SIGUSR1);
  require(sigpending(&pending) == 0);
  for (int number = 1; number < NSIG; number++) require(!sigismember(&pending, number));
  return 0;
}

extern char **environ;

static int environment(void) {
  for (char **variable = environ; *variable != NULL; variable++) {
    if (strncmp(*variable, "LD_PRELOAD=", 11) != 0 && strncmp(*variable, "STRAGGLER_", 10) != 0) puts(*variable);
  }
  return 0;
}

static void *print_lines(void *name) {
  for (int line = 0; line < 50; line++) {
    pthread_mutex_lock(&m);
    printf("%s %d\n", (const char *)name, line);
    pthread_mutex_unlock(&m);
  }
  return NULL;
}

/// Everything at once: what it prints must not depend on being observed.
static int output(void) {
  join(start(print_lines, "first"));
  join(start(print_lines, "second"));
  fprintf(stderr, "to standard error\n");
  fputs("unfinished", stdout);
  start(stand_with_m, NULL);
  await_standing(1);
  return 41;
}

SCENARIOS(
  {"descriptors", descriptors}, {"everything-closed", everything_closed}, {"errno", errno_is_kept},
  {"signals", signals}, {"environment", environment}, {"output", output})
