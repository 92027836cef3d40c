// A daemon made by two forks goes on when the program has ended: the run ends with the program and accuses nobody.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-thread
// UNSEEN: outliving-daemon): it still ran when the program ended, and was not waited for
// OUTPUT: daemon started
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *writer(void *unused) {
  pthread_mutex_lock(&journal);
  for (;;) pause();
  return unused;
}

/// Lives a little longer than any run of this program, and lets go of what the caller might wait for.
static void serve(int started) {
  setsid();
  int null = open("/dev/null", O_RDWR);
  for (int standard = 0; standard < 3; standard++) dup2(null, standard);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  alarm(20);
  if (write(started, "", 1) != 1) exit(1);
  close(started);
  for (;;) pause();
}

int main(void) {
  int ends[2];
  if (pipe(ends) != 0) return 1;
  pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) serve(ends[1]);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  char byte;
  if (read(ends[0], &byte, 1) != 1) return 1;
  puts("daemon started");
  return 0;
}
