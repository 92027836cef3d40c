// Captures acquisitions as the recorder does, with the truth beside them, and prints both as lines of hexadecimal
// words.
//
// The truth is libgcc's walk inside the process: another unwinder than the one that is tested.
#define _GNU_SOURCE
#include "probe.h"

#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

enum { WINDOW = 384, STOP_LIMIT = 64 * 1024, DEPTH = 256, REGISTERS = 17 };

typedef struct Truth {
  uint64_t pc, interrupted, sp, start;
} Truth;

typedef struct Walk {
  uint64_t from;  // the frame with this pc is the first that counts
  int count;
  Truth frames[DEPTH];
} Walk;

typedef struct Capture {
  uint64_t registers[REGISTERS];
  uint64_t low, high;  // the thread's own stack
  uint64_t length;
  bool foreign, reaches_base;
  uint8_t bytes[STOP_LIMIT];
  Walk walk;
} Capture;

static Capture acquisition, stop;
static _Thread_local bool armed;
static void (*program)(void);
static sem_t parked, captured;

static _Unwind_Reason_Code note_frame(struct _Unwind_Context *context, void *argument) {
  Walk *walk = argument;
  int interrupted = 0;
  uint64_t pc = _Unwind_GetIPInfo(context, &interrupted);
  if (walk->count == 0 && pc != walk->from) return _URC_NO_REASON;
  if (pc == 0 || walk->count == DEPTH) return _URC_END_OF_STACK;
  walk->frames[walk->count++] =
      (Truth){pc, (uint64_t)interrupted, _Unwind_GetCFA(context), _Unwind_GetRegionStart(context)};
  return _URC_NO_REASON;
}

static void find_own_stack(Capture *capture) {
  pthread_attr_t attributes;
  void *low;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) abort();
  if (pthread_attr_getstack(&attributes, &low, &size) != 0) abort();
  pthread_attr_destroy(&attributes);
  capture->low = (uint64_t)low;
  capture->high = capture->low + size;
}

/// Copies up to `limit` stack bytes, and walks the same stack.
static void copy_stack(Capture *capture, uint64_t pc, uint64_t sp, size_t limit) {
  capture->foreign = sp < capture->low || sp >= capture->high;
  capture->reaches_base = !capture->foreign && capture->high - sp <= limit;
  capture->length = capture->foreign ? 0 : capture->reaches_base ? capture->high - sp : limit;
  memcpy(capture->bytes, (const void *)sp, capture->length);
  capture->walk.from = pc;
  _Unwind_Backtrace(note_frame, &capture->walk);
}

/// Stands before libc's, as the recorder's does. The lock itself is taken through an entry that is not replaced.
int pthread_mutex_lock(pthread_mutex_t *mutex) {
  if (armed) {
    armed = false;
    const uint64_t *frame = __builtin_frame_address(0);
    find_own_stack(&acquisition);
    acquisition.registers[6] = frame[0];
    acquisition.registers[7] = (uint64_t)(frame + 2);
    acquisition.registers[16] = frame[1];
    copy_stack(&acquisition, frame[1], (uint64_t)(frame + 2), WINDOW);
  }
  const struct timespec never = {.tv_sec = INT64_MAX};
  return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &never);
}

static void capture_stop(int number, siginfo_t *information, void *context) {
  (void)number, (void)information;
  static const int order[REGISTERS] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
                                       REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  const greg_t *values = ((const ucontext_t *)context)->uc_mcontext.gregs;
  for (int index = 0; index < REGISTERS; index++) stop.registers[index] = (uint64_t)values[order[index]];
  find_own_stack(&stop);
  copy_stack(&stop, stop.registers[16], stop.registers[7], STOP_LIMIT);
  sem_post(&captured);
}

void probe_arm(void) { armed = true; }

void probe_park(void) {
  sem_post(&parked);
  for (;;) pause();
}

static void print_bytes(const uint8_t *bytes, size_t count) {
  if (count == 0) printf("-");
  for (size_t index = 0; index < count; index++) printf("%02x", bytes[index]);
}

static void print_capture(const char *name, const Capture *capture) {
  printf("%s %d %d", name, capture->foreign, capture->reaches_base);
  for (int index = 0; index < REGISTERS; index++) printf(" %lx", capture->registers[index]);
  printf(" ");
  print_bytes(capture->bytes, capture->length);
  printf("\n");
  for (int index = 0; index < capture->walk.count; index++) {
    const Truth *frame = &capture->walk.frames[index];
    printf("%s-truth %lx %lx %lx %lx\n", name, frame->pc, frame->interrupted, frame->sp, frame->start);
  }
}

static void print_build_id(const struct dl_phdr_info *module) {
  for (int index = 0; index < module->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &module->dlpi_phdr[index];
    if (header->p_type != PT_NOTE) continue;
    const char *place = (const char *)(module->dlpi_addr + header->p_vaddr);
    for (const char *end = place + header->p_memsz; place < end;) {
      const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)place;
      const char *description = place + sizeof *note + ((note->n_namesz + 3) & ~3u);
      if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4) {
        print_bytes((const uint8_t *)description, note->n_descsz);
        return;
      }
      place = description + ((note->n_descsz + 3) & ~3u);
    }
  }
  printf("-");
}

static int print_module(struct dl_phdr_info *module, size_t size, void *argument) {
  (void)size, (void)argument;
  uint64_t low = UINT64_MAX, high = 0;
  for (int index = 0; index < module->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &module->dlpi_phdr[index];
    if (header->p_type != PT_LOAD) continue;
    uint64_t start = module->dlpi_addr + header->p_vaddr;
    if (start < low) low = start;
    if (start + header->p_memsz > high) high = start + header->p_memsz;
  }
  char own[4096];
  const char *path = module->dlpi_name;
  ssize_t length = path[0] == '\0' ? readlink("/proc/self/exe", own, sizeof own - 1) : -1;
  if (length >= 0) {
    own[length] = '\0';
    path = own;
  }
  printf("module %lx %lx %lx ", module->dlpi_addr, low, high);
  print_build_id(module);
  printf(" %s\n", path);
  return 0;
}

static void *start(void *argument) {
  (void)argument;
  program();
  return NULL;
}

/// A program inherits which signals are blocked, and a test may be run by a thread that blocks them all. Bounded in
/// time: a shape that never parks ends by SIGALRM, and its test fails.
static void take_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, NULL);
  alarm(60);
}

void probe_run(void (*body)(void)) {
  take_signals();
  program = body;
  sem_init(&parked, 0, 0);
  sem_init(&captured, 0, 0);
  struct sigaction action = {.sa_sigaction = capture_stop, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  pthread_t thread;
  if (pthread_create(&thread, NULL, start, NULL) != 0) abort();
  while (sem_wait(&parked) != 0) {}
  pthread_kill(thread, SIGUSR1);
  while (sem_wait(&captured) != 0) {}
  dl_iterate_phdr(print_module, NULL);
  print_capture("acquisition", &acquisition);
  print_capture("stop", &stop);
  fflush(stdout);
  _exit(0);
}
