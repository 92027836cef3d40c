// Another thread holds locks of every kind at the forks; each child waits for another one at its exit, where nobody gives it back.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit resource="nested" kind=recursive-mutex holder="writer" function=writer
// FINDING: deadlocked-exit resource="table" kind=read-write-lock mode=exclusive holder="writer" function=writer
// FINDING: deadlocked-exit resource="index_of_table" kind=read-write-lock mode=shared holder="writer" function=writer
// FINDING: deadlocked-exit resource="counter" kind=spin-lock holder="writer" function=writer
// FINDING: deadlocked-exit count=4
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t nested = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER, index_of_table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t counter;
static sem_t held, over;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&nested);
  pthread_mutex_lock(&nested);
  pthread_rwlock_wrlock(&table);
  pthread_rwlock_rdlock(&index_of_table);
  pthread_spin_lock(&counter);
  sem_post(&held);
  sem_wait(&over);
  pthread_spin_unlock(&counter);
  pthread_rwlock_unlock(&index_of_table);
  pthread_rwlock_unlock(&table);
  pthread_mutex_unlock(&nested);
  pthread_mutex_unlock(&nested);
  return unused;
}

static void take_nested(void) { pthread_mutex_lock(&nested); }
static void read_table(void) { pthread_rwlock_rdlock(&table); }
static void write_index(void) { pthread_rwlock_wrlock(&index_of_table); }
static void count(void) { pthread_spin_lock(&counter); }

int main(void) {
  void (*waits[])(void) = {take_nested, read_table, write_index, count};
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  pthread_spin_init(&counter, PTHREAD_PROCESS_PRIVATE);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&held);
  for (size_t index = 0; index < sizeof waits / sizeof *waits; index++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(10);  // should nobody find out
      atexit(waits[index]);
      return 0;
    }
    waitpid(child, NULL, 0);
  }
  sem_post(&over);
  pthread_join(thread, NULL);
  return 0;
}
