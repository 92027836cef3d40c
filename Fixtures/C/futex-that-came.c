// Threads that waited for words and a pipe were let go, ended and were joined.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-thread
// NO-FINDING: unjoined-thread
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static uint32_t word, owned;
static int ends[2];

static void *plain(void *unused) {
  begin(0, "plain");
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL);
  return unused;
}

static void *waiter(void *unused) {
  begin(1, "waiter");
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  syscall(SYS_futex, &owned, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL);
  return unused;
}

static void *reader(void *unused) {
  begin(2, "reader");
  char byte;
  return read(ends[0], &byte, 1) == 1 ? unused : &word;
}

int main(void) {
  if (pipe(ends) != 0) return 1;
  syscall(SYS_futex, &owned, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
  pthread_t threads[3];
  pthread_create(&threads[0], NULL, plain, NULL);
  pthread_create(&threads[1], NULL, waiter, NULL);
  pthread_create(&threads[2], NULL, reader, NULL);
  await_system_call(0, SYS_futex);
  await_system_call(1, SYS_futex);
  await_system_call(2, SYS_read);
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
  syscall(SYS_futex, &owned, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL);
  if (write(ends[1], "", 1) != 1) return 1;
  void *result = NULL;
  for (int index = 0; index < 3; index++) pthread_join(threads[index], &result);
  return result == NULL ? 0 : 1;
}
