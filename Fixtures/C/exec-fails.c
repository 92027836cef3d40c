// Every exec that fails leaves no trace: the program goes on, sees its errno, and its threads end in order.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: held-at-exit
// NO-FINDING: abandoned-thread
// OUTPUT: 9 of 9 failed
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;
static char *arguments[] = {"absent", NULL};
static char *environment[] = {NULL};

static void *writer(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_barrier_wait(&both);
  pthread_barrier_wait(&both);
  pthread_mutex_unlock(&journal);
  return unused;
}

static int failed_with(int result, int reason) { return result == -1 && errno == reason; }
static int failed(int result) { return failed_with(result, ENOENT); }

int main(void) {
  // In a folder that may not be searched the program would not be absent.
  setenv("PATH", "/usr/bin:/bin", 1);
  pthread_barrier_init(&both, NULL, 2);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_barrier_wait(&both);
  int failures = failed(execv("/absent", arguments));
  failures += failed(execve("/absent", arguments, environment));
  failures += failed(execvp("absent-program", arguments));
  failures += failed(execvpe("absent-program", arguments, environment));
  failures += failed(execl("/absent", "absent", (char *)NULL));
  failures += failed(execlp("absent-program", "absent", (char *)NULL));
  failures += failed(execle("/absent", "absent", (char *)NULL, environment));
  failures += failed(execveat(AT_FDCWD, "/absent", arguments, environment, 0));
  // There is no name to be absent.
  failures += failed_with(fexecve(open("/dev/null", O_RDONLY), arguments, environment), EACCES);
  printf("%d of 9 failed\n", failures);
  pthread_barrier_wait(&both);
  pthread_join(thread, NULL);
  return 0;
}
