// Threads that start processes at random: children that live on as this program does, and others that become another program.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"

extern char **environ;

static void fork_a_life(Worker *self) {
  TruthProcess *process = truth_reserve_process();
  if (process == NULL) return;
  if (fork() == 0) soak_run_child(process, self);
}

void children_step(Worker *self) {
  char *arguments[] = {"true", NULL};
  pid_t child;
  switch (soak_random(self, 4)) {
    case 0:
    case 1: fork_a_life(self); break;
    case 2: posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ); break;
    default:
      child = vfork();
      if (child == 0) {
        execv("/bin/true", arguments);
        _exit(97);
      }
  }
}
