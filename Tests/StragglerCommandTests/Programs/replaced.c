// A thread is inside a lock when main runs the command of argument 1, which does away with this program's file, and returns.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t taken;

static void *write_journal(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_barrier_wait(&taken);
  for (;;) pause();
  return unused;
}

int main(int argc, char **argv) {
  pthread_t writer;
  pthread_barrier_init(&taken, NULL, 2);
  pthread_create(&writer, NULL, write_journal, NULL);
  pthread_barrier_wait(&taken);
  return argc == 2 ? system(argv[1]) : 1;
}
