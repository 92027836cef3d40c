// A library's handler makes another program of a forked child, before the recorder's own handler there: that child is not missed. One that a
// raw system call made is, and stays so.
// BUILD: cc -g -fPIC -shared -pthread -DLIBRARY %s -o %t.so && cc -g -pthread %s -Wl,--no-as-needed %t.so -o %t
// UNSEEN: 1 child process
// CLEAN:
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef LIBRARY
static void become_another(void) { execl("/bin/true", "true", NULL); }
__attribute__((constructor)) static void begin(void) { pthread_atfork(NULL, NULL, become_another); }
#else
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void await(pid_t child) {
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) abort();
}

int main(void) {
  pid_t unseen = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
  if (unseen == 0) {
    pthread_mutex_lock(&journal);
    pthread_mutex_unlock(&journal);
    _exit(0);
  }
  await(unseen);
  await(fork());
  return 0;
}
#endif
