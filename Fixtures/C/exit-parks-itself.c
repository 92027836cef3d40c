// At exit main waits on a flag of its own, beside which its handle stands, until a worker wakes it: no lock, and no circle.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: woken
// CLEAN:
// NO-FINDING: deadlocked-exit
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
  _Atomic uint32_t word;
  uint32_t padding;
  pthread_t owner;
} parked;
static pthread_t thread;

/// Late enough for whoever watches to look several times.
static void *worker(void *unused) {
  usleep(500000);
  atomic_store(&parked.word, 1);
  syscall(SYS_futex, &parked.word, FUTEX_WAKE_PRIVATE, 1);
  return unused;
}

static void park(void) {
  while (atomic_load(&parked.word) == 0) syscall(SYS_futex, &parked.word, FUTEX_WAIT_PRIVATE, 0, NULL);
  puts("woken");
  pthread_join(thread, NULL);
}

int main(void) {
  parked.owner = pthread_self();
  atexit(park);
  pthread_create(&thread, NULL, worker, NULL);
  return 0;
}
