// What others in the process say while a thread holds a lock: each scenario has a mistake that one sanitizer is there to find.
#include "scenario.h"

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long guarded, unguarded;

static __attribute__((noinline)) void open_log(void) {
  FILE *log = fopen("/dev/null", "w");
  require(log != NULL);
}

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  open_log();
  pthread_mutex_lock(&held);
  stand();
  return unused;
}

static void leave_a_holder(void) {
  tell("held", &held);
  pthread_detach(start(hold, NULL));
  await_standing(1);
}

static void *count_guarded(void *unused) {
  for (int turn = 0; turn < 100; turn++) {
    pthread_mutex_lock(&guard);
    guarded += 1;
    pthread_mutex_unlock(&guard);
  }
  return unused;
}

static void *count_unguarded(void *unused) {
  unguarded += 1;
  return unused;
}

static void run_twice(void *(*routine)(void *)) {
  pthread_t first = start(routine, NULL), second = start(routine, NULL);
  join(first);
  join(second);
}

static int no_mistake(void) {
  run_twice(count_guarded);
  leave_a_holder();
  return guarded == 200 ? 7 : 98;
}

static int race(void) {
  run_twice(count_guarded);
  run_twice(count_unguarded);
  leave_a_holder();
  return 0;
}

static __attribute__((noinline)) int read_beyond(const char *bytes, size_t index) { return bytes[index]; }

static int overflow(void) {
  leave_a_holder();
  char *bytes = calloc(10, 1);
  return read_beyond(bytes, 10);
}

static __attribute__((noinline)) void leak_memory(void) {
  char *volatile bytes = malloc(1234);
  bytes = NULL;
  (void)bytes;
}

/// Overwrites what the leak left of its pointer on the stack.
static __attribute__((noinline)) void use_stack(void) {
  char bytes[4096];
  memset(bytes, 0, sizeof bytes);
  __asm__ volatile("" : : "r"(bytes) : "memory");
}

static int leak(void) {
  leave_a_holder();
  leak_memory();
  use_stack();
  return 0;
}

SCENARIOS({"no-mistake", no_mistake}, {"race", race}, {"overflow", overflow}, {"leak", leak})
