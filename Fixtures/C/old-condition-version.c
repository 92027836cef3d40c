// A program asks for the condition functions that glibc had before 2.3.2, which keep something else in a condition: it must get
// libc's own, and come to its end.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: woken
// CLEAN:
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

__asm__(".symver pthread_cond_init,pthread_cond_init@GLIBC_2.2.5");
__asm__(".symver pthread_cond_wait,pthread_cond_wait@GLIBC_2.2.5");
__asm__(".symver pthread_cond_signal,pthread_cond_signal@GLIBC_2.2.5");

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change;
static sem_t waits;
static int is_ready;

static void *wait_for_change(void *unused) {
  pthread_mutex_lock(&mutex);
  sem_post(&waits);
  while (!is_ready) pthread_cond_wait(&change, &mutex);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(void) {
  sem_init(&waits, 0, 0);
  pthread_cond_init(&change, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, wait_for_change, NULL);
  sem_wait(&waits);
  pthread_mutex_lock(&mutex);
  is_ready = 1;
  pthread_cond_signal(&change);
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
  puts("woken");
  return 0;
}
