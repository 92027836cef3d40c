// Another thread holds locks at the first fork, and one has ended with a lock in its hand. The child's children wait for them at their
// exit: nobody gives them back there either.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit resource="journal" kind=mutex holder="writer" function=writer message="an ancestor's thread \"writer\""
// FINDING: deadlocked-exit resource="counter" kind=spin-lock holder="writer" function=writer
// FINDING: deadlocked-exit resource="left" kind=mutex holder="leaver" function=leaver
// FINDING: deadlocked-exit count=3
// FINDING: orphaned-lock resource="left" thread="leaver"
// FINDING: orphaned-lock
// NO-FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER, left = PTHREAD_MUTEX_INITIALIZER;
static pthread_spinlock_t counter;
static sem_t held, over;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  pthread_spin_lock(&counter);
  sem_post(&held);
  sem_wait(&over);
  pthread_spin_unlock(&counter);
  pthread_mutex_unlock(&journal);
  return unused;
}

static void *leaver(void *unused) {
  pthread_setname_np(pthread_self(), "leaver");
  pthread_mutex_lock(&left);
  return unused;
}

static void take_journal(void) { pthread_mutex_lock(&journal); }
static void count(void) { pthread_spin_lock(&counter); }
static void take_left(void) { pthread_mutex_lock(&left); }

static void fork_again(void) {
  void (*waits[])(void) = {take_journal, count, take_left};
  for (size_t index = 0; index < sizeof waits / sizeof *waits; index++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(10);  // should nobody find out
      atexit(waits[index]);
      exit(0);
    }
    waitpid(child, NULL, 0);
  }
}

int main(void) {
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  pthread_spin_init(&counter, PTHREAD_PROCESS_PRIVATE);
  pthread_t thread;
  pthread_create(&thread, NULL, leaver, NULL);
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&held);
  pid_t child = fork();
  if (child == 0) {
    fork_again();
    _exit(0);
  }
  waitpid(child, NULL, 0);
  sem_post(&over);
  pthread_join(thread, NULL);
  return 0;
}
