// A joinable thread ended and nobody joined it: its stack is kept until the process ends.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// FINDING: unjoined-thread level=note
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int thread_id;

static void *worker(void *unused) {
  thread_id = gettid();
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  // Until the kernel has no such thread any more: joining it is what this program does not do.
  while (thread_id == 0 || syscall(SYS_tgkill, getpid(), thread_id, 0) == 0 || errno != ESRCH) sched_yield();
  return 0;
}
