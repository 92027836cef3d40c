// A child of clone shares its maker's memory and ends with a lock in its hand. Its maker's thread has nothing to do with that.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// OUTPUT: the child has ended
// NO-FINDING: held-at-exit
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_rwlock_t journal = PTHREAD_RWLOCK_INITIALIZER;
static char stack[64 * 1024] __attribute__((aligned(16)));

static int child(void *unused) {
  (void)unused;
  pthread_rwlock_wrlock(&journal);
  _exit(0);
}

int main(void) {
  pid_t process = clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
  if (process < 0 || waitpid(process, NULL, 0) != process) return 1;
  puts("the child has ended");
  return 0;
}
