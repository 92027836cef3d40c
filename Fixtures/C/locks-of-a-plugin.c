// An ordinary plugin's locks and threads are seen like those of the program.
// BUILD: cc -g -fPIC -shared -pthread -DPLUGIN %s -o %t.so && cc -g -pthread -DPATH='"%t.so"' %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="plugin's" resource="own" level=error function=hold
// NO-UNSEEN: past the recorder
// NO-UNSEEN: took before it was first seen
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#ifdef PLUGIN

void run(void);

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "plugin's");
  pthread_mutex_lock(&own);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

void run(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, hold, NULL);
  sem_wait(&ready);
}

#else

int main(void) {
  void *plugin = dlopen(PATH, RTLD_NOW);
  void (*run)(void) = plugin == NULL ? NULL : (void (*)(void))dlsym(plugin, "run");
  if (run == NULL) return 1;
  run();
  return 0;
}

#endif
