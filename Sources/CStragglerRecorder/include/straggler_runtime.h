// What the thread runtime (module Straggler) and the recorder tell each other.
//
// The annotations of straggler.h are for any program; these are for the one runtime that takes part in the exit.
#ifndef STRAGGLER_RUNTIME_H
#define STRAGGLER_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(hidden)

/// Registers the runtime. `exit_sequence` is called at the beginning of every exit (main returned, exit() was called, or
/// the last thread has ended) on the thread that exits, and before every atexit handler: again when an exit comes within the
/// exit, and by a second thread that exits meanwhile, which it must not let return. Never for _exit, quick_exit or a
/// death by signal. To be called once per process, before exit begins.
void straggler_runtime_attach(void (*exit_sequence)(void));

/// `adopt` is called in a forked child with every lock in memory that the forking thread had, as far as its slot has room for them
/// (STRAGGLER_INLINE_HOLDS), and with the kernel's id of that thread. May be called again.
void straggler_runtime_attach_locks(void (*adopt)(uint64_t address, int32_t former));

/// The exit has come to this phase, one of STRAGGLER_PHASE_EARLY_CALLBACKS to STRAGGLER_PHASE_FINALIZING
/// (StragglerArena.h). Phases only grow. Called by the exiting thread.
void straggler_exit_phase(uint32_t phase);

/// The calling thread begins to wait for the end of another one by other means than pthread_join. The condition wait
/// that may follow is part of this wait and does not replace it. `thread_number` is 0 where it is not known.
void straggler_wait_begin_join(uint32_t thread_number);

/// The calling thread begins to wait for a condition that reports know by the address of its mutex, which it gives back
/// meanwhile; `timed` if the wait has an end of its own. The condition waits that follow are part of this wait.
void straggler_wait_begin_condition(const void *mutex, bool timed);

/// Ends the wait that one of the two functions above began.
void straggler_wait_end(void);

/// The calling thread makes a task that is known by a name; `task` tells it, and the critical sections that it will enter,
/// from the others. The token ends it, by `straggler_section_leave`.
uint64_t straggler_task_begin(const char *name, uint64_t task);

/// The calling thread's serial number in this process, from 1, which is the main thread's. 0 where there is no
/// recorder.
uint32_t straggler_thread_number(void);

/// When the exit must be over: nanoseconds of CLOCK_MONOTONIC, 0 where there is no limit (`--exit-timeout`).
uint64_t straggler_exit_deadline(void);

/// The exit's deadline passed while the exit sequence waited for a thread: reports that and ends the process.
_Noreturn void straggler_exit_stalled(void);

// MARK: - Audits: reading this process's own record while it goes on

/// The arena's size in bytes, holes included; 0 where there is no recorder.
uint64_t straggler_audit_size(void);

/// Copies bytes of the arena. False where they lie outside.
bool straggler_audit_arena(uint64_t offset, void *buffer, uint64_t length);

/// Copies the bytes of a lock that is said to be held: how many; 0 for a kind that tells nothing of itself, -1 where the
/// memory is gone.
int straggler_audit_lock(uint8_t kind, uint64_t address, uint8_t bytes[64]);

/// The system call that a thread is in, and what decides what it waits for there.
typedef struct StragglerAuditCall {
  int64_t number;
  uint64_t arguments[6];
  uint64_t sp;
  uint64_t pc;
  uint32_t futex_value;
  uint32_t file_mode;
  bool has_futex_value;
  bool has_file_mode;
} StragglerAuditCall;

/// False where the thread runs, or is gone. Signals nobody.
bool straggler_audit_system_call(int tid, StragglerAuditCall *call);

// MARK: - Origins: which test a thread was made for (module StragglerTesting)

/// What is known of a thread's origin.
typedef struct StragglerOrigin {
  uint32_t token;  // what the source gave; 0 where that is not known
  bool inherited;  // from the creating thread, which had it itself
  bool of_pool;    // the thread is a pool's: it works for whoever comes
} StragglerOrigin;

/// From now on `source` is asked, in the creating thread, for whom a thread is made: 0 where it can't tell. `pool_code` is in the
/// file whose threads are a pool's. False where nothing is recorded in this process.
bool straggler_origin_ask(uint32_t (*source)(void), const void *pool_code);

/// The origin of the thread with this number.
StragglerOrigin straggler_origin_of(uint32_t thread_number);

/// An address as the ELF file has it that it is in; 0 where that is not known.
uint64_t straggler_address_in_file(uint64_t address);

/// Where a thread acquired what it acquired at this address, in words: the renderer, another process, reads the symbols.
/// Returns how many bytes it has to say, up to `size`; 0 where it can't tell. Takes as long as that process does. Not to be called by
/// two threads at a time.
uint32_t straggler_place_of(uint32_t thread, uint64_t address, char *answer, uint32_t size);

/// The highest number that any thread has; 0 where there is no recorder.
uint32_t straggler_newest_thread(void);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
