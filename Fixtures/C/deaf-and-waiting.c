// Threads that no signal reaches wait for the journal's lock and for a pipe: who has what they wait for is known all the same.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="journal" level=error kind=mutex function=writer
// FINDING: abandoned-thread thread="taker" waiting=mutex holder="writer" function=taker
// FINDING: abandoned-thread thread="unseen" waiting=mutex holder="writer" function=taker_unseen
// FINDING: abandoned-thread thread="reader" waiting=pipe function=reader
// NO-UNSEEN: could not be stopped
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];
static sem_t ready;

/// libc keeps two signals out of every mask; the kernel does not.
static void become_deaf(int index, const char *name) {
  uint64_t all = ~UINT64_C(0);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
  begin(index, name);
}

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

static void *taker(void *unused) {
  become_deaf(0, "taker");
  pthread_mutex_lock(&journal);
  return unused;
}

/// As a library waits whose calls of libc nobody sees. 2: locked and waited for, as a mutex's word says it in glibc.
static void *taker_unseen(void *unused) {
  become_deaf(1, "unseen");
  syscall(SYS_futex, &journal, FUTEX_WAIT_PRIVATE, 2, NULL);
  return unused;
}

static void *reader(void *unused) {
  char byte;
  become_deaf(2, "reader");
  return read(ends[0], &byte, 1) == 1 ? unused : NULL;
}

static void start(void *(*routine)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, NULL);
  pthread_detach(thread);
}

int main(void) {
  sem_init(&ready, 0, 0);
  if (pipe(ends) != 0) return 1;
  start(writer);
  sem_wait(&ready);
  start(taker);
  await_system_call(0, SYS_futex);
  start(taker_unseen);
  await_system_call(1, SYS_futex);
  start(reader);
  await_system_call(2, SYS_read);
  return 0;
}
