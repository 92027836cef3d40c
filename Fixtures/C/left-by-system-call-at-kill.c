// Threads leave by a system call that they make by its number, past libc's own exit of a thread; then the process is killed, and
// nobody can ask the kernel whether they were still there. One had a lock, one was joined, one might have been.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 137
// FINDING: orphaned-lock thread="keeper" resource="journal" function=leave
// FINDING: orphaned-lock
// FINDING: unjoined-thread thread="forgotten"
// FINDING: unjoined-thread
// NO-FINDING: abandoned-thread
// NO-FINDING: abandoned-lock
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static atomic_int id;

static void *leave(void *name) {
  pthread_setname_np(pthread_self(), name);
  if (strcmp(name, "keeper") == 0) pthread_mutex_lock(&journal);
  id = gettid();
  syscall(SYS_exit, 0);
  return NULL;
}

int main(void) {
  const char *names[] = {"keeper", "joined", "forgotten"};
  for (int index = 0; index < 3; index++) {
    pthread_t thread;
    id = 0;
    if (pthread_create(&thread, NULL, leave, (void *)names[index]) != 0) abort();
    if (index == 0) pthread_detach(thread);
    if (index == 1) pthread_join(thread, NULL);
    // Until the kernel has no such thread any more.
    while (id == 0 || syscall(SYS_tgkill, getpid(), id, 0) == 0 || errno != ESRCH) sched_yield();
  }
  kill(getpid(), SIGKILL);
  return 0;
}
