// A child outlives the program, and waits for a lock that another thread held at the fork: what it abandons is not decided yet, but
// nobody will ever give it that lock.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock process=outliving-child-that-waits resource="journal" thread="writer" message="when this process was forked"
// FINDING: orphaned-lock
// NO-FINDING: abandoned-lock
// NO-FINDING: abandoned-thread
// UNSEEN: outliving-child-that-waits): it still ran when the program ended, and was not waited for
// OUTPUT: child goes on
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t held, over;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  sem_post(&held);
  sem_wait(&over);
  pthread_mutex_unlock(&journal);
  return unused;
}

static void await_futex(pid_t process) {
  for (long number = -1; number != SYS_futex; usleep(1000)) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/syscall", process);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%ld", &number) != 1) number = -1;
    if (file != NULL) fclose(file);
  }
}

/// Lives a little longer than any run of this program, and lets go of what the caller might wait for.
static void wait_for_ever(void) {
  int null = open("/dev/null", O_RDWR);
  for (int standard = 0; standard < 3; standard++) dup2(null, standard);
  alarm(20);
  pthread_mutex_lock(&journal);
}

int main(void) {
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  pthread_t thread;
  if (pthread_create(&thread, NULL, writer, NULL) != 0) abort();
  sem_wait(&held);
  pid_t child = fork();
  if (child == 0) wait_for_ever();
  await_futex(child);
  sem_post(&over);
  pthread_join(thread, NULL);
  puts("child goes on");
  return 0;
}
