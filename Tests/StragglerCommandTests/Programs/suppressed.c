// A thread is inside the journal's lock when main returns; the program says that this is known. With an argument of "cut", in a
// text that is too long; with "wrong", in one that can't be read; with "fork", in a child of its own.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t taken;
static const char *how = "";
static char longest[6000];

__attribute__((constructor)) static void read_argument(int argc, char **argv) { how = argc > 1 ? argv[1] : ""; }

const char *straggler_default_suppressions(void) {
  if (strcmp(how, "wrong") == 0) return "abandoned-lock resource=journal";
  if (strcmp(how, "cut") != 0) return "abandoned-lock resource=journal reason=\"it is known\"\nunjoined-thread reason=x";
  strcpy(longest, "abandoned-lock resource=journal reason=\"it is known\"\n");
  memset(longest + strlen(longest), '#', sizeof longest - strlen(longest) - 1);
  return longest;
}

static void *write_journal(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_barrier_wait(&taken);
  for (;;) pause();
  return unused;
}

static int leave(void) {
  pthread_t writer;
  pthread_barrier_init(&taken, NULL, 2);
  pthread_create(&writer, NULL, write_journal, NULL);
  pthread_barrier_wait(&taken);
  return 0;
}

int main(void) {
  if (strcmp(how, "fork") != 0) return leave();
  pid_t child = fork();
  if (child == 0) exit(leave());
  int status;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}
