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

/// Registers the runtime. `exit_sequence` is called once, on the thread that exits, at the beginning of exit (main
/// returned, or exit() was called) and before every atexit handler; never for _exit, quick_exit or a death by signal.
/// To be called once per process, before exit begins.
void straggler_runtime_attach(void (*exit_sequence)(void));

/// The exit has come to this phase, one of STRAGGLER_PHASE_EARLY_CALLBACKS to STRAGGLER_PHASE_FINALIZING
/// (StragglerArena.h). Phases only grow. Called by the exiting thread.
void straggler_exit_phase(uint32_t phase);

/// The calling thread is the runtime's, has this name and is a daemon or not. Called before any of the thread's own
/// code.
void straggler_thread_declare(const char *name, bool daemon);

/// The calling thread begins to wait for the end of another one by other means than pthread_join. The condition wait
/// that may follow is part of this wait and does not replace it. `thread_number` is 0 where it is not known.
void straggler_wait_begin_join(uint32_t thread_number);

/// Ends the wait that `straggler_wait_begin_join` began.
void straggler_wait_end(void);

/// The calling thread's serial number in this process, from 1, which is the main thread's. 0 where there is no
/// recorder.
uint32_t straggler_thread_number(void);

/// When the exit must be over: nanoseconds of CLOCK_MONOTONIC, 0 where there is no limit (`--exit-timeout`).
uint64_t straggler_exit_deadline(void);

/// The exit's deadline passed while the exit sequence waited for a thread: reports that and ends the process.
_Noreturn void straggler_exit_stalled(void);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
