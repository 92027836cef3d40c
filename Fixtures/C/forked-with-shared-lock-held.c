// A thread and the forking one hold locks in memory that the child shares: the child waits for them at its exit, and the parent
// gives them back. No circle.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: the child has them
// CLEAN:
// NO-FINDING: deadlocked-exit
// NO-FINDING: orphaned-lock
// NO-FINDING: held-at-exit
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
  pthread_mutex_t journal;
  pthread_spinlock_t counter;
  pthread_rwlock_t table;
} *shared;
static sem_t held, over;

static void *writer(void *unused) {
  pthread_mutex_lock(&shared->journal);
  pthread_spin_lock(&shared->counter);
  sem_post(&held);
  sem_wait(&over);
  pthread_spin_unlock(&shared->counter);
  pthread_mutex_unlock(&shared->journal);
  return unused;
}

static void take_all(void) {
  pthread_mutex_lock(&shared->journal);
  pthread_spin_lock(&shared->counter);
  pthread_rwlock_wrlock(&shared->table);
  puts("the child has them");
  pthread_rwlock_unlock(&shared->table);
  pthread_spin_unlock(&shared->counter);
  pthread_mutex_unlock(&shared->journal);
}

static void share(void) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) abort();
  pthread_mutexattr_t mutex;
  pthread_rwlockattr_t table;
  pthread_mutexattr_init(&mutex);
  pthread_rwlockattr_init(&table);
  pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  pthread_rwlockattr_setpshared(&table, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->journal, &mutex);
  pthread_spin_init(&shared->counter, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_init(&shared->table, &table);
}

int main(void) {
  share();
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&held);
  pthread_rwlock_rdlock(&shared->table);
  pid_t child = fork();
  if (child == 0) {
    atexit(take_all);
    return 0;
  }
  // Each long enough for whoever watches to look several times.
  usleep(400000);
  sem_post(&over);
  pthread_join(thread, NULL);
  usleep(400000);
  pthread_rwlock_unlock(&shared->table);
  waitpid(child, NULL, 0);
  return 0;
}
