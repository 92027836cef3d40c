// A thread waits for a child that has its memory (vfork): nothing can stop it, and the report says so.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="parent" resource="journal" level=error function=parent
// UNSEEN: where thread "parent" (2) stood: it could not be stopped
// UNSEEN: some threads: they did not stop within the freeze's time limit
// NO-UNSEEN: thread "other"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *parent(void *unused) {
  pthread_setname_np(pthread_self(), "parent");
  pthread_mutex_lock(&journal);
  if (vfork() == 0) {
    syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
    sem_post(&ready);
    for (;;) syscall(SYS_pause);
  }
  return unused;
}

static void *other(void *unused) {
  pthread_setname_np(pthread_self(), "other");
  sem_post(&ready);
  for (;;) pause();
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
  start(parent);
  start(other);
  return 0;
}
