// Threads wait for words that no call of libc shows: a plain futex, and one whose word names its owner.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-thread thread="plain" waiting=futex
// FINDING: abandoned-lock thread="owner" kind=mutex resource="owned"
// FINDING: abandoned-lock
// FINDING: abandoned-thread thread="waiter" waiting=futex holder="owner"
// UNSEEN: what thread "plain" (3) waited for: a futex of a library, perhaps of a lock that makes no library call
// NO-UNSEEN: "waiter"
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static uint32_t word, owned;
static sem_t ready;

static void *plain(void *unused) {
  begin(0, "plain");
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL);
  return unused;
}

static void *owner(void *unused) {
  pthread_setname_np(pthread_self(), "owner");
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

static void *waiter(void *unused) {
  begin(1, "waiter");
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t threads[3];
  pthread_create(&threads[0], NULL, owner, NULL);
  sem_wait(&ready);
  pthread_create(&threads[1], NULL, plain, NULL);
  pthread_create(&threads[2], NULL, waiter, NULL);
  for (int index = 0; index < 3; index++) pthread_detach(threads[index]);
  await_system_call(0, SYS_futex);
  await_system_call(1, SYS_futex);
  return 0;
}
