// What the program says of itself, it also takes back: the section was left and the lock given back.
// BUILD: cc -g -pthread -I ../../Sources/CStragglerRecorder/include %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-section
// NO-FINDING: abandoned-lock
// FINDING: abandoned-thread thread="teller" level=note
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
  uint64_t section = straggler_section_enter("transfer");
  while (atomic_flag_test_and_set(&account)) {
  }
  straggler_lock_acquired(&account, STRAGGLER_LOCK_SPIN, false);
  straggler_lock_released(&account);
  atomic_flag_clear(&account);
  straggler_section_leave(section);
  straggler_section_leave(section);
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
