// A program with a copy of its own of __libc_single_threaded (a copy relocation, as many C++ programs have), which libc 2.36 forgets
// where the first thing of threads that is done is pthread_cancel: it says "no second thread" from then on.
#include "scenario.h"

extern char __libc_single_threaded;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long rounds;

static void *count(void *unused) {
  for (int round = 0; round < 500000; round++) {
    pthread_mutex_lock(&mutex);
    rounds += 1;
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}

static int counted_by_two(void) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  pthread_cancel(pthread_self());
  pthread_t threads[2];
  for (int index = 0; index < 2; index++) require(pthread_create(&threads[index], NULL, count, NULL) == 0);
  char *words = __libc_single_threaded ? "forgotten\n" : "not forgotten\n";
  require(write(1, words, strlen(words)) > 0);
  for (int index = 0; index < 2; index++) require(pthread_join(threads[index], NULL) == 0);
  require(rounds == 1000000);
  return 0;
}

SCENARIOS({"counted-by-two", counted_by_two})
