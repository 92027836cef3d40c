// A thread takes the journal's lock, gives it back and is joined; returns the status of argument 1.
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *write_journal(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_mutex_unlock(&journal);
  return unused;
}

int main(int argc, char **argv) {
  pthread_t writer;
  pthread_create(&writer, NULL, write_journal, NULL);
  pthread_join(writer, NULL);
  return argc > 1 ? atoi(argv[1]) : 0;
}
