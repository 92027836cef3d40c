// A thread waits for a lock that libc keeps to itself, and that another thread stands in: nobody can say who has it.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// FINDING: abandoned-thread thread="first"
// FINDING: abandoned-thread thread="second" waiting=futex
// UNSEEN: what thread "second" (3) waited for: a futex of libc's own, perhaps of a lock
// NO-UNSEEN: a futex of a library
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "Support/blocked.h"

/// Nobody writes to it: the thread that opens it as the file of its time zone stands there, in the lock of tzset(3).
static char zone[4200];

static void *first(void *unused) {
  begin(0, "first");
  tzset();
  return unused;
}

static void *second(void *unused) {
  begin(1, "second");
  tzset();
  return unused;
}

static void start(void *(*routine)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, NULL);
  pthread_detach(thread);
}

int main(void) {
  char folder[4096];
  if (getcwd(folder, sizeof folder) == NULL || mkfifo("zone", 0600) != 0) return 1;
  snprintf(zone, sizeof zone, ":%s/zone", folder);
  setenv("TZ", zone, 1);
  start(first);
  await_system_call(0, SYS_openat);
  start(second);
  await_system_call(1, SYS_futex);
  _exit(0);
}
