// A thread was woken from a condition and waits for its mutex, which another one keeps: not for the condition any more.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-thread thread="woken" waiting=mutex holder="keeper"
// FINDING: abandoned-lock thread="keeper" resource="journal"
// FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sem_t ready;

static void *woken(void *unused) {
  pthread_mutex_lock(&journal);
  begin(0, "woken");
  pthread_cond_wait(&changed, &journal);
  pthread_mutex_unlock(&journal);
  return unused;
}

static void *keeper(void *unused) {
  pthread_setname_np(pthread_self(), "keeper");
  pthread_mutex_lock(&journal);
  pthread_cond_signal(&changed);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, woken, NULL);
  pthread_detach(threads[0]);
  await_system_call(0, SYS_futex);
  pthread_create(&threads[1], NULL, keeper, NULL);
  pthread_detach(threads[1]);
  sem_wait(&ready);
  // Contended is 2 in the mutex's word (nptl/lowlevellock.h): the woken thread has come to it.
  while (__atomic_load_n(&journal.__data.__lock, __ATOMIC_ACQUIRE) != 2) usleep(1000);
  await_system_call(0, SYS_futex);
  return 0;
}
