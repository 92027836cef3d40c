// Threads have names by each of the ways, and none where the kernel calls them by their process or their creator.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-thread thread="by-pthread"
// FINDING: abandoned-thread thread="by-prctl"
// FINDING: abandoned-thread thread="by-file"
// FINDING: abandoned-thread thread="by-syscall"
// FINDING: abandoned-thread message="(nameless)"
// FINDING: abandoned-thread count=5
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t ready;

static void *stand(void) {
  sem_post(&ready);
  for (;;) pause();
  return NULL;
}

static void *nameless(void *unused) { return unused == NULL ? stand() : NULL; }

static void start(void *(*routine)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, NULL);
  pthread_detach(thread);
}

static void *by_pthread(void *unused) {
  pthread_setname_np(pthread_self(), "by-pthread");
  start(nameless);
  return unused == NULL ? stand() : NULL;
}

static void *by_prctl(void *unused) {
  prctl(PR_SET_NAME, "by-prctl");
  return unused == NULL ? stand() : NULL;
}

static void *by_file(void *unused) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/comm", gettid());
  int file = open(path, O_WRONLY);
  if (write(file, "by-file", 7) == 7) close(file);
  return unused == NULL ? stand() : NULL;
}

static void *by_syscall(void *unused) {
  syscall(SYS_prctl, PR_SET_NAME, "by-syscall");
  return unused == NULL ? stand() : NULL;
}

int main(void) {
  sem_init(&ready, 0, 0);
  void *(*const routines[])(void *) = {by_pthread, by_prctl, by_file, by_syscall};
  for (int index = 0; index < 4; index++) start(routines[index]);
  for (int index = 0; index < 5; index++) sem_wait(&ready);
  return 0;
}
