// The parent goes on making threads while its child begins: the child's start looks at the parent's record and must not stumble.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// OUTPUT: every child returned 0
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int over[2];

static void *idle(void *unused) {
  char byte;
  return read(over[0], &byte, 1) == 0 ? unused : &over;
}

int main(void) {
  enum { ROUNDS = 40 };
  pthread_t threads[ROUNDS][4];
  int bad = 0;
  if (pipe(over) != 0) return 1;
  pid_t children[ROUNDS];
  for (int round = 0; round < ROUNDS; round++) {
    children[round] = fork();
    if (children[round] == 0) return 0;
    for (int index = 0; index < 4; index++) pthread_create(&threads[round][index], NULL, idle, NULL);
  }
  for (int round = 0; round < ROUNDS; round++) {
    int status;
    if (waitpid(children[round], &status, 0) < 0 || status != 0) bad += 1;
  }
  close(over[1]);
  for (int index = 0; index < 4 * ROUNDS; index++) pthread_join((&threads[0][0])[index], NULL);
  if (bad == 0) puts("every child returned 0");
  return bad;
}
