// Threads that were joined, and a detached one that has ended, leave nothing behind.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on note
// CLEAN:
// NO-FINDING: unjoined-thread
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORKERS = 8 };
static atomic_int detached_id;

static void *worker(void *unused) { return unused; }

static void *detached(void *unused) {
  detached_id = gettid();
  return unused;
}

int main(void) {
  pthread_t threads[WORKERS], other;
  for (int i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, worker, NULL);
  for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
  pthread_create(&other, NULL, detached, NULL);
  pthread_detach(other);
  while (detached_id == 0 || syscall(SYS_tgkill, getpid(), detached_id, 0) == 0 || errno != ESRCH) sched_yield();
  return 0;
}
