// Threads are abandoned when main returns, each holding a lock of its own: how many, and how many different functions
// take the locks, say the arguments. What was taken in one place is one finding: a thousand places are the harder case.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Worker {
  pthread_mutex_t lock;
  pthread_t thread;
} Worker;

static pthread_barrier_t ready;

// Nobody opens it: here the threads stand when the process ends.
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;

static __attribute__((noinline)) void park(void) {
  pthread_mutex_lock(&gate);
  for (;;) pthread_cond_wait(&opened, &gate);
}

// A thousand thread functions, work000 to work999, each with a function of its own that takes the lock.
#define HUNDRED(F, n) TEN(F, n##0) TEN(F, n##1) TEN(F, n##2) TEN(F, n##3) TEN(F, n##4) \
  TEN(F, n##5) TEN(F, n##6) TEN(F, n##7) TEN(F, n##8) TEN(F, n##9)
#define TEN(F, n) F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7) F(n##8) F(n##9)
#define THOUSAND(F) HUNDRED(F, 0) HUNDRED(F, 1) HUNDRED(F, 2) HUNDRED(F, 3) HUNDRED(F, 4) \
  HUNDRED(F, 5) HUNDRED(F, 6) HUNDRED(F, 7) HUNDRED(F, 8) HUNDRED(F, 9)

#define WORK(n)                                                        \
  static __attribute__((noinline)) void append##n(Worker *worker) {    \
    pthread_mutex_lock(&worker->lock);                                 \
    pthread_barrier_wait(&ready);                                      \
    park();                                                            \
  }                                                                    \
  static void *work##n(void *worker) {                                 \
    append##n(worker);                                                 \
    return NULL;                                                       \
  }
THOUSAND(WORK)

#define NAME(n) work##n,
static void *(*const works[])(void *) = {THOUSAND(NAME)};
enum { PLACES_LIMIT = sizeof works / sizeof *works };

int main(int argument_count, char **arguments) {
  long count = argument_count == 3 ? strtol(arguments[1], NULL, 10) : 0;
  long places = argument_count == 3 ? strtol(arguments[2], NULL, 10) : 0;
  if (count < 1 || places < 1 || places > PLACES_LIMIT) {
    fprintf(stderr, "usage: %s THREADS PLACES (1 to %d)\n", arguments[0], PLACES_LIMIT);
    return 2;
  }
  Worker *workers = calloc((size_t)count, sizeof *workers);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  pthread_barrier_init(&ready, NULL, (unsigned)count + 1);
  for (long index = 0; index < count; index++) {
    pthread_mutex_init(&workers[index].lock, NULL);
    int error = pthread_create(&workers[index].thread, &attributes, works[index % places], &workers[index]);
    if (error != 0) {
      fprintf(stderr, "thread %ld of %ld could not be created: error %d\n", index + 1, count, error);
      return 1;
    }
  }
  pthread_barrier_wait(&ready);
  return 0;
}
