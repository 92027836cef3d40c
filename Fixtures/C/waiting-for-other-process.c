// A mutex that processes share: the thread that waits for it when main leaves waits for another process, which has it.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-thread thread="waiter" waiting=mutex holder="another process"
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t *shared;
static int locked[2], over[2];

static void keep_locked(void) {
  char byte;
  pthread_mutex_lock(shared);
  if (write(locked[1], "", 1) != 1) abort();
  close(over[1]);
  if (read(over[0], &byte, 1) != 0) abort();
  _exit(0);
}

static void *wait_for_it(void *unused) {
  pthread_setname_np(pthread_self(), "waiter");
  pthread_mutex_lock(shared);
  return unused;
}

int main(void) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(shared, &attributes);
  if (pipe(locked) != 0 || pipe(over) != 0) return 1;
  if (fork() == 0) keep_locked();
  char byte;
  if (read(locked[0], &byte, 1) != 1) return 1;
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_it, NULL);
  // Until the word says that somebody waits: 2 (lowlevellock.h).
  while (__atomic_load_n(&shared->__data.__lock, __ATOMIC_ACQUIRE) != 2) usleep(1000);
  return 0;
}
