// The twin: C11's threads that are joined, with what they return, and one that leaves by thrd_exit.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-thread
// NO-FINDING: unjoined-thread
// OUTPUT: 3 and 4
#include <stdio.h>
#include <threads.h>

static int three(void *unused) { return unused == NULL ? 3 : 0; }

static int four(void *unused) {
  if (unused == NULL) thrd_exit(4);
  return 0;
}

int main(void) {
  thrd_t threads[2];
  int results[2] = {0, 0};
  thrd_create(&threads[0], three, NULL);
  thrd_create(&threads[1], four, NULL);
  thrd_join(threads[0], &results[0]);
  thrd_join(threads[1], &results[1]);
  printf("%d and %d\n", results[0], results[1]);
  return 0;
}
