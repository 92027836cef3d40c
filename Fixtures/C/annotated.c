// What no library call shows, the program says itself: a critical section, a lock of its own, and names for both.
// BUILD: cc -g -pthread -I ../../Sources/CStragglerRecorder/include %s -o %t
// EXIT: 23
// FINDING: abandoned-section
// FINDING: abandoned-lock
// FINDING: abandoned-section thread="teller" resource="transfer" level=error kind=critical-section function=teller
// FINDING: abandoned-lock thread="teller" resource="account" level=error kind=spin-lock mode=exclusive function=teller
// NO-FINDING: abandoned-user-thread
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "straggler.h"

static atomic_flag account = ATOMIC_FLAG_INIT;
static sem_t ready;

static void *teller(void *unused) {
  straggler_thread_set_name("teller");
  straggler_thread_set_daemon(true);
  straggler_lock_set_name(&account, "account");
  straggler_section_enter("transfer");
  while (atomic_flag_test_and_set(&account)) {
  }
  straggler_lock_acquired(&account, STRAGGLER_LOCK_SPIN, false);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, teller, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
