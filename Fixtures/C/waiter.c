// One thread holds the lock, another waits for it: only the holder is accused, and the waiter says for whom it waits.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="holder" resource="journal" function=holder line=19
// FINDING: abandoned-lock
// FINDING: abandoned-thread thread="waiter" level=note waiting=mutex holder="holder"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t held;

static void *holder(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_setname_np(pthread_self(), "holder");
  sem_post(&held);
  for (;;) pause();
  return unused;
}

static void *waiter(void *unused) {
  begin(0, "waiter");
  pthread_mutex_lock(&journal);
  return unused;
}

int main(void) {
  sem_init(&held, 0, 0);
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, holder, NULL);
  sem_wait(&held);
  pthread_create(&threads[1], NULL, waiter, NULL);
  await_system_call(0, SYS_futex);
  pthread_detach(threads[0]);
  pthread_detach(threads[1]);
  return 0;
}
