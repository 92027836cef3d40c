// A library's handlers take a lock for each fork and give it back in the child, as jemalloc's do, before the recorder's own handler there:
// the child is seen all the same, and is not said to be unseen.
// BUILD: cc -g -fPIC -shared -pthread -DLIBRARY %s -o %t.so && cc -g -pthread %s -Wl,--no-as-needed %t.so -o %t
// NO-UNSEEN: child process
// FINDING: held-at-exit
// FINDING: held-at-exit resource="journal" function=main process=forked-with-library-that-locks
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef LIBRARY
static pthread_mutex_t heap = PTHREAD_MUTEX_INITIALIZER;
static void take(void) { pthread_mutex_lock(&heap); }
static void give_back(void) { pthread_mutex_unlock(&heap); }
__attribute__((constructor)) static void begin(void) { pthread_atfork(take, give_back, give_back); }
#else
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&journal);
    exit(0);
  }
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) abort();
  return 0;
}
#endif
