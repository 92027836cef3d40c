// Where threads wait for a change of something that atomic operations change: Event and Semaphore.
#ifndef STRAGGLER_GATE_H
#define STRAGGLER_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// All 0 where nobody waits. A thread that waits says so before it looks at what it waits for; a thread that changes that looks for
/// waiters after it: one of the two sees the other.
typedef struct StragglerGate {
  uint32_t turn;     // raised whenever threads are let go
  uint32_t waiters;  // threads between `straggler_gate_enter` and `straggler_gate_leave`
} StragglerGate;

/// The calling thread is about to look at what it waits for. Returns the turn to wait in.
uint32_t straggler_gate_enter(StragglerGate *gate);

/// Waits until threads are let go after `turn`, or until `deadline` on CLOCK_MONOTONIC; NULL is none. May return without either. The
/// wait is recorded as one for a condition with the gate's address.
///
/// Returns false if the deadline has passed; else `turn` is the one to wait in next.
bool straggler_gate_wait(StragglerGate *gate, uint32_t *turn, const struct timespec *deadline);

/// The calling thread waits no more.
void straggler_gate_leave(StragglerGate *gate);

/// As `straggler_gate_open`, where threads wait.
void straggler_gate_wake(StragglerGate *gate, int count);

/// Lets `count` waiting threads go, to look again. To be called after the change that they wait for, which must have been made by
/// a sequentially consistent operation.
static inline void straggler_gate_open(StragglerGate *gate, int count) {
  if (__atomic_load_n(&gate->waiters, __ATOMIC_SEQ_CST) != 0) straggler_gate_wake(gate, count);
}

#ifdef __cplusplus
}
#endif

#endif
