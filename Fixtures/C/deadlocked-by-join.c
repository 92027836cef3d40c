// A thread joins another one that waits for a word which the first owns: both are said to be deadlocked.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock resource="owned" thread="joiner" waiting=join holder="taker" message="it is deadlocked with thread \"taker\""
// FINDING: abandoned-thread thread="taker" waiting=futex holder="joiner" message="it is deadlocked with thread \"joiner\""
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static uint32_t owned;

static void *taker(void *unused) {
  begin(1, "taker");
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  return unused;
}

static void *joiner(void *unused) {
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, taker, NULL);
  await_system_call(1, SYS_futex);
  begin(0, "joiner");
  pthread_join(thread, NULL);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, joiner, NULL);
  pthread_detach(thread);
  await_system_call(0, SYS_futex);
  return 0;
}
