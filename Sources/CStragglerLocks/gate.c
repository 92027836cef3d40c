// An event count on a futex. ThreadSanitizer sees its atomic operations as they are.
#include "straggler_gate.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>

#include "StragglerRecorder.h"
#include "rawsyscall.h"

uint32_t straggler_gate_enter(StragglerGate *gate) {
  __atomic_fetch_add(&gate->waiters, 1, __ATOMIC_SEQ_CST);
  return __atomic_load_n(&gate->turn, __ATOMIC_SEQ_CST);
}

void straggler_gate_leave(StragglerGate *gate) { __atomic_fetch_sub(&gate->waiters, 1, __ATOMIC_RELAXED); }

bool straggler_gate_wait(StragglerGate *gate, uint32_t *turn, const struct timespec *deadline) {
  StragglerThread *self = straggler_self();
  uint8_t mode = deadline != NULL ? STRAGGLER_MODE_TIMED : 0;
  bool begun =
    self != NULL && straggler_begin_wait(self, STRAGGLER_RESOURCE_CONDITION, mode, gate, 0, STRAGGLER_CALLER());
  // The bitset variant: its deadline is a moment, not a time from now (futex(2)).
  long result = straggler_syscall6(
    SYS_futex, (long)&gate->turn, FUTEX_WAIT_BITSET_PRIVATE, (long)*turn, (long)deadline, 0,
    (long)FUTEX_BITSET_MATCH_ANY);
  if (self != NULL) straggler_end_wait(self, begun);
  *turn = __atomic_load_n(&gate->turn, __ATOMIC_SEQ_CST);
  return result != -ETIMEDOUT;
}

void straggler_gate_wake(StragglerGate *gate, int count) {
  __atomic_fetch_add(&gate->turn, 1, __ATOMIC_SEQ_CST);
  straggler_syscall3(SYS_futex, (long)&gate->turn, FUTEX_WAKE_PRIVATE, count);
}
