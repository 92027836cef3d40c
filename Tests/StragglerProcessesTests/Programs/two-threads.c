// Two threads that wait for ever.
#include <pthread.h>
#include <unistd.h>

static void *stay(void *unused) {
  for (;;) pause();
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, stay, NULL) != 0) return 1;
  stay(NULL);
}
