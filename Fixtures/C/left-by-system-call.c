// Threads leave by the kernel's own exit, which libc knows nothing of: a lock that one of them had has no owner any more, and
// the detached one that had nothing is nobody's concern. Those that could have been joined never were.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock thread="keeper" resource="journal" level=error kind=mutex function=keep_and_leave
// FINDING: orphaned-lock
// NO-FINDING: abandoned-lock
// NO-FINDING: abandoned-thread
// FINDING: unjoined-thread thread="by number" level=note
// FINDING: unjoined-thread thread="by instruction" level=note
// FINDING: unjoined-thread count=2
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static atomic_int ids[5];

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

static void *leave_by_number(void *unused) {
  leave(3, "by number");
  return unused;
}

/// By no call of libc's at all.
static void *leave_by_instruction(void *unused) {
  pthread_setname_np(pthread_self(), "by instruction");
  ids[4] = gettid();
  __asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0) : "rcx", "r11", "memory");
  return unused;
}

int main(void) {
  void *(*const routines[])(void *) = {
    keep_and_leave, leave_at_once, unlock_and_leave, leave_by_number, leave_by_instruction,
  };
  for (int index = 0; index < 5; index++) {
    pthread_t thread;
    pthread_create(&thread, NULL, routines[index], NULL);
    if (index < 3) pthread_detach(thread);
    // Until the kernel has no such thread any more.
    while (ids[index] == 0 || syscall(SYS_tgkill, getpid(), ids[index], 0) == 0 || errno != ESRCH) sched_yield();
  }
  return 0;
}
