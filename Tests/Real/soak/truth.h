// What a soak program knows of itself: which thread has which lock or file, published in a file that outlives it.
//
// Every thread writes of itself alone, and in this order: IN_TRANSIT before a call that takes or gives something, HELD or FREE
// after it. So what stands there when the process has died is true of that moment, and only what is in transit may be
// found either way. Tests/Real/truth.py reads it: the layout is both's.
#ifndef TRUTH_H
#define TRUTH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define TRUTH_MAGIC UINT64_C(0x3130485455525453)  // "STRUTH01"

enum { TRUTH_PROCESSES = 16, TRUTH_THREADS = 256, TRUTH_ENTRIES = 8, TRUTH_CALLERS = 4, TRUTH_POOL = 16384 };

typedef enum TruthKind {
  TRUTH_MUTEX = 1,
  TRUTH_RECURSIVE_MUTEX,
  TRUTH_READ_LOCK,
  TRUTH_WRITE_LOCK,
  TRUTH_SPIN_LOCK,
  TRUTH_SEMAPHORE,
  TRUTH_STREAM_LOCK,
  TRUTH_FILE_LOCK,
  TRUTH_FILE_READ,
  TRUTH_FILE_WRITTEN,
} TruthKind;

typedef enum TruthState { TRUTH_FREE, TRUTH_IN_TRANSIT, TRUTH_HELD } TruthState;

typedef enum TruthLife { TRUTH_UNBORN, TRUTH_ALIVE, TRUTH_ENDING, TRUTH_ENDED } TruthLife;

typedef struct TruthEntry {
  uint64_t address;  // of the lock; 0 for files
  uint32_t kind, state;
  uint64_t changed;  // when this was published, CLOCK_MONOTONIC
  uint32_t file;     // the number in the file's name
  uint32_t unflushed;
} TruthEntry;

typedef struct TruthThread {
  uint32_t tid, life;
  char name[16];
  uint64_t changed;  // when its life was published
  TruthEntry entries[TRUTH_ENTRIES];
} TruthThread;

typedef struct TruthProcess {
  uint32_t pid, threads_used;
  // When the threads were about to be stopped: what one of them published until the freeze lets go of them, 50 ms later, is what the
  // record must say. 0 where nothing stops them. An exec stops nobody: it takes a record at some moment after this one.
  uint64_t left;
  uint64_t born;
  uint32_t by_exec, callers_used;
  uint32_t callers[TRUTH_CALLERS];  // threads that ended the process
  TruthThread threads[TRUTH_THREADS];
  unsigned char pool[TRUTH_POOL];  // half of the locks live here
} TruthProcess;

typedef struct Truth {
  uint64_t magic;
  uint32_t processes_used, files_used;
  TruthProcess processes[TRUTH_PROCESSES];
} Truth;

extern Truth *truth;
extern TruthProcess *truth_process;  // this process's part

uint64_t truth_now(void);

/// Maps the file, makes the first process's part. Ends the process with a line where it can't.
void truth_open(const char *path);
void truth_ready(void);

/// The part of a process that is about to be forked; NULL where there is no room for another one.
TruthProcess *truth_reserve_process(void);
/// In that process.
void truth_enter_process(TruthProcess *process);

/// A part for a thread about to be created; NULL where there is no room.
TruthThread *truth_reserve_thread(void);
/// In that thread, before its first step: gives it a name of its own.
void truth_begin_thread(TruthThread *self);

/// An entry for what is about to be taken, in transit; NULL where the thread has as much as it may.
TruthEntry *truth_take(TruthThread *self, TruthKind kind, const void *address);
void truth_set(TruthEntry *entry, TruthState state);
void truth_set_life(TruthThread *self, TruthLife life);

/// In a thread that ends the process now.
void truth_call_exit(TruthThread *self);
/// From here on its threads may be stopped, or by an exec recorded, at any moment. The first call counts.
void truth_leave(bool by_exec);

#endif
