#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

Truth *truth;
TruthProcess *truth_process;

uint64_t truth_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void truth_open(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof(Truth)) != 0) goto failed;
  truth = mmap(NULL, sizeof(Truth), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (truth == MAP_FAILED) goto failed;
  close(file);
  truth_enter_process(truth_reserve_process());
  return;
failed:
  fprintf(stderr, "soak: %s: %s\n", path, strerror(errno));
  exit(99);
}

void truth_ready(void) { __atomic_store_n(&truth->magic, TRUTH_MAGIC, __ATOMIC_RELEASE); }

TruthProcess *truth_reserve_process(void) {
  uint32_t index = __atomic_fetch_add(&truth->processes_used, 1, __ATOMIC_RELAXED);
  return index < TRUTH_PROCESSES ? &truth->processes[index] : NULL;
}

void truth_enter_process(TruthProcess *process) {
  truth_process = process;
  process->born = truth_now();
  __atomic_store_n(&process->pid, (uint32_t)getpid(), __ATOMIC_RELEASE);
}

TruthThread *truth_reserve_thread(void) {
  uint32_t index = __atomic_fetch_add(&truth_process->threads_used, 1, __ATOMIC_RELAXED);
  return index < TRUTH_THREADS ? &truth_process->threads[index] : NULL;
}

void truth_begin_thread(TruthThread *self) {
  self->tid = (uint32_t)gettid();
  snprintf(self->name, sizeof self->name, "soak-%d", (int)(self - truth_process->threads));
  pthread_setname_np(pthread_self(), self->name);
  truth_set_life(self, TRUTH_ALIVE);
}

TruthEntry *truth_take(TruthThread *self, TruthKind kind, const void *address) {
  for (int index = 0; index < TRUTH_ENTRIES; index++) {
    TruthEntry *entry = &self->entries[index];
    if (entry->state != TRUTH_FREE) continue;
    entry->changed = truth_now();
    entry->address = (uint64_t)address;
    entry->kind = kind;
    entry->file = entry->unflushed = 0;
    __atomic_store_n(&entry->state, TRUTH_IN_TRANSIT, __ATOMIC_SEQ_CST);
    return entry;
  }
  return NULL;
}

// The time first: a state is never younger than the time beside it says.
void truth_set(TruthEntry *entry, TruthState state) {
  __atomic_store_n(&entry->changed, truth_now(), __ATOMIC_SEQ_CST);
  __atomic_store_n(&entry->state, state, __ATOMIC_SEQ_CST);
}

void truth_set_life(TruthThread *self, TruthLife life) {
  __atomic_store_n(&self->changed, truth_now(), __ATOMIC_SEQ_CST);
  __atomic_store_n(&self->life, life, __ATOMIC_SEQ_CST);
}

void truth_call_exit(TruthThread *self) {
  uint32_t index = __atomic_fetch_add(&truth_process->callers_used, 1, __ATOMIC_SEQ_CST);
  if (index < TRUTH_CALLERS) __atomic_store_n(&truth_process->callers[index], self->tid, __ATOMIC_SEQ_CST);
}

void truth_leave(bool by_exec) {
  uint64_t nobody = 0;
  if (by_exec) truth_process->by_exec = 1;
  __atomic_compare_exchange_n(&truth_process->left, &nobody, truth_now(), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
