// A library's constructor never returns: its thread keeps the loader's own lock, which the rest of the exit needs.
// BUILD: cc -g -fPIC -shared -DPLUGIN %s -o %t.so && cc -g -pthread -rdynamic -DPATH='"%t.so"' %s -o %t
// RUN: --exit-timeout 500ms
// EXIT: 23
// FINDING: stalled-exit
// FINDING: abandoned-lock
// FINDING: stalled-exit thread="plugins" message="the dynamic loader's\" held by thread \"plugins\""
// FINDING: abandoned-lock thread="plugins" kind=recursive-mutex
// NO-FINDING: deadlocked-exit
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#ifdef PLUGIN

extern sem_t in_constructor;

__attribute__((constructor)) static void prepare(void) {
  sem_post(&in_constructor);
  for (;;) pause();
}

#else

#define _GNU_SOURCE
#include <dlfcn.h>

int pthread_setname_np(pthread_t thread, const char *name);
sem_t in_constructor;

static void *load(void *unused) {
  pthread_setname_np(pthread_self(), "plugins");
  dlopen(PATH, RTLD_NOW);
  return unused;
}

int main(void) {
  sem_init(&in_constructor, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, load, NULL);
  pthread_detach(thread);
  sem_wait(&in_constructor);
  return 0;
}

#endif
