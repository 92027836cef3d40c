// usage: soak TRUTH-FILE WORK SEED ENDING MILLISECONDS STATUS
#define _GNU_SOURCE
#include "engine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIVING = 8, SAFETY_SECONDS = 20, LATE_NANOSECONDS = 30000000, LATE_STATUS = 98 };

static uint64_t seed, deadline, latest;
static const char *ending, *kind_of_work;
static int status;
static uint32_t living, chosen, pool_used, ended;

uint32_t soak_random(Worker *self, uint32_t bound) {  // splitmix64
  uint64_t z = (self->random += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)((z ^ (z >> 31)) % bound);
}

void *soak_memory(size_t size) {
  static uint32_t turn;
  size = (size + 63) & ~(size_t)63;
  if (++turn % 2 == 0 || pool_used + size > TRUTH_POOL) return calloc(1, size);
  void *memory = truth_process->pool + pool_used;
  pool_used += (uint32_t)size;
  return memory;
}

static bool is_ending(const char *name) { return strcmp(ending, name) == 0; }

static void *exit_too(void *context) {
  Worker self = {.truth = context, .random = seed};
  truth_begin_thread(self.truth);
  truth_call_exit(self.truth);
  exit(status);
}

/// Ends the process the way it was told to. Returns only in main, which returns from there.
static void end_process(Worker *self) {
  truth_call_exit(self->truth);
  if (is_ending("abort")) abort();
  if (is_ending("SIGTERM")) raise(SIGTERM);
  if (is_ending("SIGKILL")) raise(SIGKILL);
  if (is_ending("SIGSEGV")) *(volatile int *)16 = 0;
  truth_leave(is_ending("exec"));
  if (is_ending("exec")) execl("/bin/true", "true", NULL);
  if (is_ending("_exit")) _exit(status);
  if (is_ending("_Exit")) _Exit(status);
  if (is_ending("quick_exit")) quick_exit(status);
  TruthThread *second = is_ending("two") ? truth_reserve_thread() : NULL;
  pthread_t other;
  if (second != NULL) pthread_create(&other, NULL, exit_too, second);
  if (is_ending("return") && self->is_main) return;
  exit(status);
}

/// Whether it is this thread that ends the process: the chosen one first, anybody where that one is late.
static bool is_time(Worker *self) {
  uint64_t now = truth_now();
  if (now < deadline) return false;
  if (now > latest) {  // nobody came: whoever waits for this run is told so by its status
    truth_call_exit(self->truth);
    truth_leave(false);
    _exit(LATE_STATUS);
  }
  if (is_ending("outside")) return false;
  if (is_ending("return") && !self->is_main) return false;
  bool late = now > deadline + LATE_NANOSECONDS;
  if (!late && (uint32_t)(self->truth - truth_process->threads) % LIVING != chosen) return false;
  return __atomic_exchange_n(&ended, 1, __ATOMIC_SEQ_CST) == 0;
}

static bool ends_by_return(Worker *self) { return is_ending("return") && self->is_main && truth_process->left != 0; }

void soak_linger(Worker *self) {
  if (soak_random(self, 4) != 0) return;
  struct timespec time = {0, 1000 * (long)soak_random(self, soak_random(self, 4) == 0 ? 20000 : 500)};
  nanosleep(&time, NULL);
  // Main can return only from its own loop, with empty hands.
  if (!(is_ending("return")) && is_time(self)) end_process(self);
}

static void step(Worker *self) {
  bool everything = strcmp(kind_of_work, "everything") == 0;
  if (strcmp(kind_of_work, "children") == 0 || everything) {
    if (soak_random(self, 100) == 0) children_step(self);
  }
  bool files = strcmp(kind_of_work, "files") == 0 || (everything && soak_random(self, 2) == 0);
  files ? files_step(self) : locks_step(self);
}

static void *work(void *context);

static void begin_thread(Worker *self) {
  TruthThread *record = truth_reserve_thread();
  if (record == NULL) return;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  if (soak_random(self, 2) == 0) pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  __atomic_fetch_add(&living, 1, __ATOMIC_RELAXED);
  if (pthread_create(&thread, &attributes, work, record) != 0) __atomic_fetch_sub(&living, 1, __ATOMIC_RELAXED);
  pthread_attr_destroy(&attributes);
}

static void *work(void *context) {
  Worker self = {.truth = context};
  self.random = seed ^ (uint64_t)(self.truth - truth_process->threads) << 32 ^ truth_process->pid;
  truth_begin_thread(self.truth);
  while (soak_random(&self, 300) != 0) {
    if (is_time(&self)) end_process(&self);
    step(&self);
    if (__atomic_load_n(&living, __ATOMIC_RELAXED) < LIVING && soak_random(&self, 4) == 0) begin_thread(&self);
  }
  locks_leave(&self);
  truth_set_life(self.truth, TRUTH_ENDING);
  __atomic_fetch_sub(&living, 1, __ATOMIC_RELAXED);
  return NULL;
}

static void live(Worker *self) {
  truth_begin_thread(self->truth);
  locks_make();
  for (int count = 1; count < LIVING; count++) begin_thread(self);
  if (truth->magic == 0) truth_ready();
  while (!ends_by_return(self)) {
    if (is_time(self)) {
      end_process(self);
      return;
    }
    step(self);
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
    if (__atomic_load_n(&living, __ATOMIC_RELAXED) < LIVING) begin_thread(self);
  }
}

void soak_run_child(TruthProcess *process, Worker *parent) {
  static const char *const endings[] = {"exit", "_exit", "quick_exit", "abort", "SIGTERM", "SIGKILL", "exec", "outside"};
  Worker self = {.random = parent->random ^ process->pid, .is_main = false};
  uint32_t parent_pid = truth_process->pid;
  truth_enter_process(process);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if ((uint32_t)getppid() != parent_pid) raise(SIGKILL);
  ending = endings[soak_random(&self, sizeof endings / sizeof *endings)];
  deadline = truth_now() + soak_random(&self, 50) * UINT64_C(1000000);
  // A child of its own ends itself where its parent's thread lives on.
  latest = deadline + UINT64_C(300000000);
  living = pool_used = ended = 0;
  self.truth = truth_reserve_thread();
  self.random ^= seed;
  live(&self);
  _exit(status);
}

int main(int argument_count, char **arguments) {
  if (argument_count != 7) {
    fprintf(stderr, "usage: %s TRUTH-FILE WORK SEED ENDING MILLISECONDS STATUS\n", arguments[0]);
    return 99;
  }
  kind_of_work = arguments[2];
  seed = strtoull(arguments[3], NULL, 10);
  ending = arguments[4];
  status = atoi(arguments[6]);
  truth_open(arguments[1]);
  Worker self = {.truth = truth_reserve_thread(), .random = seed, .is_main = true};
  chosen = is_ending("return") ? 0 : soak_random(&self, LIVING);
  deadline = truth_now() + strtoull(arguments[5], NULL, 10) * 1000000;
  latest = deadline + SAFETY_SECONDS * UINT64_C(1000000000);
  live(&self);
  return status;
}
