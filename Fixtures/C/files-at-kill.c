// The process is killed, and nobody asks the kernel what is open: of a thread's many files only the one that it kept is found.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 137
// FINDING: abandoned-file thread="keeper" resource="kept.txt" level=warning kind=file function=keeper
// FINDING: abandoned-file
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t ready;

static int fresh(const char *name) {
  int descriptor = open(name, O_WRONLY | O_CREAT, 0600);
  if (descriptor < 0) abort();
  return descriptor;
}

static void open_and_close(void) {
  int closed = fresh("closed.txt"), copy = dup(closed), first = fresh("range.txt"), last = fresh("range.txt");
  FILE *stream = fopen("stream.txt", "w"), *reopened = fopen("before.txt", "w");
  int last_closed = fresh("closed-at-last.txt");
  if (fputs("half a line", stream) < 0 || write(copy, "x", 1) != 1) abort();
  if (close(closed) != 0 || close(copy) != 0 || close_range((unsigned)first, (unsigned)last, 0) != 0) abort();
  if (fclose(stream) != 0 || freopen("/no/such/file", "w", reopened) != NULL || close(last_closed) != 0) abort();
  // Past every library function: no later file shall take a number that was given back.
  for (int count = 0; count < 7; count++) syscall(SYS_dup, 0);
}

static void *keeper(void *unused) {
  pthread_setname_np(pthread_self(), "keeper");
  open_and_close();
  int file = fresh("kept.txt");
  if (write(file, "half a line", 11) != 11) abort();
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, keeper, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  raise(SIGKILL);
}
