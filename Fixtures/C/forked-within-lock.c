// A thread forks inside a lock. Three children of it return from where the fork was made: one gives the lock back, one ends
// by _exit, one by exit with the lock still in its hand, where an exit handler that took it would wait for ever.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on note
// EXIT: 23
// FINDING: held-at-exit thread="main" resource="lock" kind="mutex" function="main" level="note"
// FINDING: held-at-exit thread="main" resource="table" kind="read-write-lock" mode="exclusive" level="note"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void give_back(void) {
  pthread_rwlock_unlock(&table);
  pthread_mutex_unlock(&lock);
}

static void end(int child) {
  switch (child) {
    case 0: give_back(); exit(0);
    case 1: _exit(0);
    default: exit(0);
  }
}

int main(void) {
  pthread_mutex_lock(&lock);
  pthread_rwlock_wrlock(&table);
  for (int child = 0; child < 3; child++) {
    pid_t process = fork();
    if (process == 0) end(child);
    if (process < 0 || waitpid(process, NULL, 0) != process) abort();
  }
  give_back();
  return 0;
}
