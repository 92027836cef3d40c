// Of a process that is killed nothing can be asked afterwards: its threads' names are known by the calls that gave them.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 137
// FINDING: abandoned-lock thread="by-pthread" resource="by_pthread_lock"
// FINDING: abandoned-lock thread="by-main" resource="by_main_lock"
// FINDING: abandoned-lock thread="by-prctl" resource="by_prctl_lock"
// FINDING: abandoned-lock thread="renamed" resource="renamed_lock"
// FINDING: abandoned-lock count=4
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static pthread_mutex_t by_pthread_lock = PTHREAD_MUTEX_INITIALIZER, by_main_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t by_prctl_lock = PTHREAD_MUTEX_INITIALIZER, renamed_lock = PTHREAD_MUTEX_INITIALIZER;
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
  pthread_setname_np(start(by_main), "by-main");
  kill(getpid(), SIGKILL);
  return 0;
}
