// Three threads wait for each other: over a mutex, a read-write lock and a join. Each of them is said to be deadlocked.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=2
// FINDING: abandoned-lock thread="cook" resource="pan" waiting=read-write-lock holder="guest" message="it is deadlocked with thread \"guest\" and thread \"waiter\""
// FINDING: abandoned-lock thread="guest" resource="table" waiting=join holder="waiter" message="it is deadlocked with"
// FINDING: abandoned-thread thread="waiter" waiting=mutex holder="cook" message="it is deadlocked with"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t pan = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t all_have;
static pthread_t serving;

static void *cook(void *unused) {
  pthread_mutex_lock(&pan);
  pthread_barrier_wait(&all_have);
  begin(0, "cook");
  pthread_rwlock_rdlock(&table);
  return unused;
}

static void *guest(void *unused) {
  pthread_rwlock_wrlock(&table);
  pthread_barrier_wait(&all_have);
  begin(1, "guest");
  pthread_join(serving, NULL);
  return unused;
}

static void *waiter(void *unused) {
  pthread_barrier_wait(&all_have);
  begin(2, "waiter");
  pthread_mutex_lock(&pan);
  return unused;
}

int main(void) {
  pthread_barrier_init(&all_have, NULL, 3);
  pthread_t thread;
  pthread_create(&serving, NULL, waiter, NULL);
  pthread_create(&thread, NULL, cook, NULL);
  pthread_detach(thread);
  pthread_create(&thread, NULL, guest, NULL);
  pthread_detach(thread);
  for (int index = 0; index < 3; index++) await_system_call(index, SYS_futex);
  return 0;
}
