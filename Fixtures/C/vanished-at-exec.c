// Two threads leave by a raw system call, past libc, each with a lock of its own; one of them is joined. Then main becomes another
// program: the locks are those of threads that have ended, not of threads that exec cuts off.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on error
// EXIT: 23
// FINDING: orphaned-lock count=2
// FINDING: orphaned-lock thread="joined" resource="first"
// FINDING: orphaned-lock thread="alone" resource="second"
// NO-FINDING: abandoned-lock
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static void *leave(void *mutex) {
  pthread_setname_np(pthread_self(), mutex == &first ? "joined" : "alone");
  pthread_mutex_lock(mutex);
  syscall(SYS_exit, 0);
  return NULL;
}

static int count_threads(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/task");
  if (folder == NULL) abort();
  for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

int main(void) {
  pthread_t joined, alone;
  if (pthread_create(&joined, NULL, leave, &first) != 0 || pthread_create(&alone, NULL, leave, &second) != 0) abort();
  pthread_join(joined, NULL);
  while (count_threads() > 1) sched_yield();
  execl("/bin/true", "true", (char *)NULL);
  return 1;
}
