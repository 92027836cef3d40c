// Processes of every making, each of which abandons a thread with a name of its own that holds the journal.
//
// Arguments: the thread's name, then ways in which children are made; each child's thread is named after the way, and the
// grandchild is the forked child's.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t taken;
static char program[4096];

static void *write_journal(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_mutex_lock(&journal);
  sem_post(&taken);
  for (;;) pause();
  return NULL;
}

static void leave_a_thread(char *name) {
  pthread_t writer;
  sem_init(&taken, 0, 0);
  if (pthread_create(&writer, NULL, write_journal, name) != 0) abort();
  sem_wait(&taken);
}

static void reap(pid_t child) {
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) abort();
}

static const char *command(const char *name) {
  static char text[5000];
  snprintf(text, sizeof text, "%s %s", program, name);
  return text;
}

static void make_by_fork(void) {
  pid_t child = fork();
  if (child != 0) {
    reap(child);
    return;
  }
  pid_t grandchild = fork();
  if (grandchild == 0) {
    leave_a_thread("grandchild");
    exit(0);
  }
  reap(grandchild);
  leave_a_thread("fork");
  exit(0);
}

static void make_by_spawn(void) {
  pid_t child;
  char *arguments[] = {program, "spawn", NULL};
  if (posix_spawn(&child, program, NULL, NULL, arguments, environ) != 0) abort();
  reap(child);
}

static void make_by_system(void) {
  if (system(command("system")) != 0) abort();
}

static void make_by_popen(void) {
  FILE *output = popen(command("popen"), "r");
  if (output == NULL || pclose(output) != 0) abort();
}

int main(int count, char **arguments) {
  if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) abort();
  for (int index = 2; index < count; index++) {
    if (strcmp(arguments[index], "fork") == 0) make_by_fork();
    else if (strcmp(arguments[index], "spawn") == 0) make_by_spawn();
    else if (strcmp(arguments[index], "system") == 0) make_by_system();
    else if (strcmp(arguments[index], "popen") == 0) make_by_popen();
    else abort();
  }
  leave_a_thread(arguments[1]);
  return 0;
}
