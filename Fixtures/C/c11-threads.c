// C11's threads: one is left, one was never joined, one waits for another to end.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-thread message="(left)" waiting=semaphore
// FINDING: abandoned-thread message="(joiner)" waiting=join
// FINDING: abandoned-thread count=2
// FINDING: unjoined-thread message="(over)"
// FINDING: unjoined-thread
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <threads.h>
#include <unistd.h>

#include "Support/blocked.h"

static sem_t never;
static thrd_t left_thread;

static int left(void *unused) {
  begin(0, NULL);
  sem_wait(&never);
  return unused == NULL;
}

static int joiner(void *unused) {
  begin(1, NULL);
  thrd_join(left_thread, NULL);
  return unused == NULL;
}

static int over(void *unused) { return unused == NULL; }

int main(void) {
  sem_init(&never, 0, 0);
  thrd_t thread;
  thrd_create(&left_thread, left, NULL);
  thrd_create(&thread, joiner, NULL);
  thrd_create(&thread, over, NULL);
  // Until the kernel has forgotten it: the main thread and two others are left.
  for (int threads = 0; threads != 3; usleep(1000)) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    while (fgets(line, sizeof line, file) != NULL) sscanf(line, "Threads: %d", &threads);
    fclose(file);
  }
  await_system_call(0, SYS_futex);
  await_system_call(1, SYS_futex);
  return 0;
}
