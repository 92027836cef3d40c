// The recorder's side of straggler_runtime.h in its smallest form: it numbers threads and calls the exit sequence from
// an atexit handler. It records nothing.
#define _GNU_SOURCE
#include "straggler_runtime.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void (*sequence)(void);
static uint64_t deadline;
static atomic_uint numbers = 1;
static _Thread_local uint32_t number;

static uint64_t monotonic_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// The nanoseconds of `--exit-timeout DURATION` in STRAGGLER_OPTIONS, 0 where it is not given.
static uint64_t exit_timeout(void) {
  const char *options = getenv("STRAGGLER_OPTIONS");
  const char *option = options ? strstr(options, "--exit-timeout ") : NULL;
  if (!option) return 0;
  char *unit;
  uint64_t count = strtoull(option + strlen("--exit-timeout "), &unit, 10);
  return count * (strncmp(unit, "ms", 2) == 0 ? 1000000u : 1000000000u);
}

static void begin_exit(void) {
  uint64_t timeout = exit_timeout();
  if (timeout) deadline = monotonic_now() + timeout;
  sequence();
}

void straggler_runtime_attach(void (*exit_sequence)(void)) {
  sequence = exit_sequence;
  atexit(begin_exit);
}

void straggler_exit_phase(uint32_t phase) { (void)phase; }

void straggler_thread_declare(const char *name, bool daemon) {
  (void)name;
  (void)daemon;
}

void straggler_wait_begin_join(uint32_t thread_number) { (void)thread_number; }

void straggler_wait_end(void) {}

uint32_t straggler_thread_number(void) {
  if (number == 0) number = getpid() == gettid() ? 1 : atomic_fetch_add(&numbers, 1) + 1;
  return number;
}

uint64_t straggler_exit_deadline(void) { return deadline; }

_Noreturn void straggler_exit_stalled(void) { _exit(23); }
