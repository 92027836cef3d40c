// What the test programs share: scenarios chosen by name, words to the test, and threads that stand where they should.
#ifndef SCENARIO_H
#define SCENARIO_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct Scenario {
  const char *name;
  int (*run)(void);
} Scenario;

/// Tells the test the name of an address.
static inline void tell(const char *name, const volatile void *address) {
  char line[128];
  int length = snprintf(line, sizeof line, "%s 0x%llx\n", name, (unsigned long long)(uintptr_t)address);
  if (write(1, line, (size_t)length) != length) _exit(98);
}

/// Ends the program with status 99 where something is not as it has to be.
static inline void require_at(bool holds, const char *what, int line) {
  if (holds) return;
  char text[256];
  int length = snprintf(text, sizeof text, "line %d: not so: %s (errno %d)\n", line, what, errno);
  if (write(2, text, (size_t)length) != length) _exit(98);
  _exit(99);
}
#define require(condition) require_at(condition, #condition, __LINE__)

/// A thread that has come to where it shall be cut off.
static sem_t standing;
static inline void stand(void) {
  sem_post(&standing);
  for (;;) pause();
}

/// Waits until so many threads stand.
static inline void await_standing(int count) {
  while (count > 0) {
    if (sem_wait(&standing) == 0) count--;
  }
}

/// Waits until a thread stands in a system call (proc(5); the numbers are in asm/unistd_64.h).
static inline void await_system_call(pid_t thread, int number) {
  char path[64], text[64] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread);
  while (atoi(text) != number || text[0] < '0' || text[0] > '9') {
    FILE *file = fopen(path, "r");
    require(file != NULL);
    if (fgets(text, sizeof text, file) == NULL) text[0] = 0;
    fclose(file);
  }
}

enum { FREEZE_SIGNAL = 33 };

/// Whether a signal that was sent to this thread waits for it (proc(5), SigPnd).
static inline bool is_signal_pending(pid_t process, pid_t thread, int number) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/task/%d/status", process, thread);
  int file = open(path, O_RDONLY);
  require(file >= 0);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  const char *pending = strstr(text, "SigPnd:");
  return pending != NULL && (strtoull(pending + 7, NULL, 16) >> (number - 1) & 1) != 0;
}

/// A spinning thread makes no call, but runs on: a hundred times as long as it takes to come so far, on its own clock.
static inline void await_spinning(pthread_t thread) {
  clockid_t clock;
  struct timespec now = {0};
  require(pthread_getcpuclockid(thread, &clock) == 0);
  while (now.tv_sec == 0 && now.tv_nsec < 20000000) require(clock_gettime(clock, &now) == 0);
}

enum { IN_WRITE = 1, IN_PAUSE = 34, IN_FUTEX = 202 };

static inline pthread_t start(void *(*routine)(void *), void *argument) {
  pthread_t thread;
  int result = pthread_create(&thread, NULL, routine, argument);
  require(result == 0);
  return thread;
}

static inline void join(pthread_t thread) {
  int result = pthread_join(thread, NULL);
  require(result == 0);
}

/// A moment that is over.
static inline struct timespec past(void) {
  struct timespec time = {1, 0};
  return time;
}

static inline int run_scenario(const Scenario *scenarios, size_t count, int argument_count, char **arguments) {
  sem_init(&standing, 0, 0);
  // What the test process left open by accident: the first file that a scenario opens is number 3.
  close_range(3, ~0u, 0);
  for (size_t index = 0; argument_count > 1 && index < count; index++) {
    if (strcmp(scenarios[index].name, arguments[1]) == 0) return scenarios[index].run();
  }
  fprintf(stderr, "no scenario of this name\n");
  return 97;
}

#define SCENARIOS(...)                                                                         \
  int main(int argument_count, char **arguments) {                                             \
    static const Scenario scenarios[] = {__VA_ARGS__};                                         \
    return run_scenario(scenarios, sizeof scenarios / sizeof *scenarios, argument_count, arguments); \
  }

#endif
