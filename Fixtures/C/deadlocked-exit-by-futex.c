// At exit main joins a thread that waits for a word which main owns: a circle through a lock that no call of libc shows.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit
// FINDING: deadlocked-exit level=error waiting=join holder="taker"
// NO-FINDING: stalled-exit
// NO-FINDING: held-at-exit
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static uint32_t owned;
static pthread_t thread;

static void *taker(void *unused) {
  begin(0, "taker");
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  return unused;
}

static void join(void) { pthread_join(thread, NULL); }

int main(void) {
  atexit(join);
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  pthread_create(&thread, NULL, taker, NULL);
  await_system_call(0, SYS_futex);
  return 0;
}
