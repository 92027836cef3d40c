// Threads leave by the kernel's own exit, which libc knows nothing of: a lock that one of them had has no owner any more, and
// the one that had nothing is nobody's concern.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock thread="keeper" resource="journal" level=error kind=mutex function=keep_and_leave
// FINDING: orphaned-lock
// NO-FINDING: abandoned-lock
// NO-FINDING: abandoned-thread
// NO-FINDING: unjoined-thread
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static atomic_int ids[3];

static void leave(int index, const char *name) {
  pthread_setname_np(pthread_self(), name);
  ids[index] = gettid();
  syscall(SYS_exit, 0);
}

static void *keep_and_leave(void *unused) {
  pthread_mutex_lock(&journal);
  leave(0, "keeper");
  return unused;
}

static void *leave_at_once(void *unused) {
  leave(1, "empty");
  return unused;
}

static void *unlock_and_leave(void *unused) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  leave(2, "tidy");
  return unused;
}

int main(void) {
  void *(*const routines[])(void *) = {keep_and_leave, leave_at_once, unlock_and_leave};
  for (int index = 0; index < 3; index++) {
    pthread_t thread;
    pthread_create(&thread, NULL, routines[index], NULL);
    pthread_detach(thread);
    // Until the kernel has no such thread any more.
    while (ids[index] == 0 || syscall(SYS_tgkill, getpid(), ids[index], 0) == 0 || errno != ESRCH) sched_yield();
  }
  return 0;
}
