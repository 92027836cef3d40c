// The life of a soak program: threads that come and go, work at random, and one moment at which one of them ends it all.
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "truth.h"

typedef struct Worker {
  TruthThread *truth;
  uint64_t random;
  bool is_main;
} Worker;

// MARK: - The work

/// What the first thread of each process makes before any other thread is there.
void locks_make(void);
/// One piece of work; leaves nothing in the thread's hands.
void locks_step(Worker *self);
void files_step(Worker *self);
void children_step(Worker *self);
/// In a thread that ends after it, with what it leaves locked for good.
void locks_leave(Worker *self);

// MARK: - The engine

/// The next number of this thread's own sequence, below `bound`.
uint32_t soak_random(Worker *self, uint32_t bound);
/// Zeroed memory of this process: in the truth's file or on the heap, in turn.
void *soak_memory(size_t size);
/// Where a thread is with something in its hands: it stays for a while, or ends the process, or goes on at once.
void soak_linger(Worker *self);
/// Starts the engine in a process that was just forked, which never returns from it.
_Noreturn void soak_run_child(TruthProcess *process, Worker *parent);

#endif
