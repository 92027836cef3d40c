// Children into which no library is preloaded abandon what nobody sees: one is statically linked, one has no environment.
// BUILD: cc -g -static -pthread -DCHILD %s -o %t.static && cc -g -pthread -DCHILD %s -o %t.child && cc -g -pthread -DPATH='"%t"' %s -o %t
// CLEAN:
// NO-FINDING: abandoned-lock
// UNSEEN: (2), started by
// UNSEEN: no recorder attached (statically linked, set-user-ID, without LD_PRELOAD and STRAGGLER_SOCKET in its environment
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef CHILD

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *writer(void *unused) {
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&ready);
  return 0;
}

#else

static int ends_well(pid_t child) {
  int status;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void) {
  extern char **environ;
  char *arguments[] = {"child", NULL}, *nothing[] = {NULL};
  pid_t child;
  if (posix_spawn(&child, PATH ".static", NULL, NULL, arguments, environ) != 0 || !ends_well(child)) return 1;
  child = fork();
  if (child == 0) {
    execve(PATH ".child", arguments, nothing);
    _exit(1);
  }
  return ends_well(child) ? 0 : 1;
}

#endif
