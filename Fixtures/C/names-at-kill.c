// Of a process that is killed nothing can be asked afterwards: its threads' names are known by the calls that gave them, and who
// was named past libc is called by what it runs.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 137
// FINDING: abandoned-lock thread="by-pthread" resource="by_pthread_lock"
// FINDING: abandoned-lock thread="by-main" resource="by_main_lock"
// FINDING: abandoned-lock thread="by-prctl" resource="by_prctl_lock"
// FINDING: abandoned-lock thread="renamed" resource="renamed_lock"
// FINDING: abandoned-lock message="(by_file)" resource="by_file_lock"
// FINDING: abandoned-lock message="(by_syscall)" resource="by_syscall_lock"
// FINDING: abandoned-lock count=6
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t by_pthread_lock = PTHREAD_MUTEX_INITIALIZER, by_main_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t by_prctl_lock = PTHREAD_MUTEX_INITIALIZER, renamed_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t by_file_lock = PTHREAD_MUTEX_INITIALIZER, by_syscall_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void stand(pthread_mutex_t *lock) {
  pthread_mutex_lock(lock);
  sem_post(&ready);
  for (;;) pause();
}

static void *by_pthread(void *unused) {
  pthread_setname_np(pthread_self(), "by-pthread");
  stand(&by_pthread_lock);
  return unused;
}

static void *by_main(void *unused) {
  stand(&by_main_lock);
  return unused;
}

static void *by_prctl(void *unused) {
  prctl(PR_SET_NAME, "by-prctl");
  stand(&by_prctl_lock);
  return unused;
}

static void *renamed(void *unused) {
  pthread_setname_np(pthread_self(), "first");
  prctl(PR_SET_NAME, "renamed");
  stand(&renamed_lock);
  return unused;
}

static void *by_file(void *unused) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/comm", gettid());
  int file = open(path, O_WRONLY);
  if (write(file, "by-file", 7) == 7) close(file);
  stand(&by_file_lock);
  return unused;
}

static void *by_syscall(void *unused) {
  syscall(SYS_prctl, PR_SET_NAME, "by-syscall");
  stand(&by_syscall_lock);
  return unused;
}

static pthread_t start(void *(*routine)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, NULL);
  sem_wait(&ready);
  return thread;
}

int main(void) {
  sem_init(&ready, 0, 0);
  start(by_pthread);
  start(by_prctl);
  start(renamed);
  start(by_file);
  start(by_syscall);
  pthread_setname_np(start(by_main), "by-main");
  kill(getpid(), SIGKILL);
  return 0;
}
