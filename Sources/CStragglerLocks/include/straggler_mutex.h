// The thread runtime's own lock: taken and recorded in one call, without going by way of libc.
//
// A pthread mutex in an observed program is a call of the recorder's, which calls libc's twice: of all that, this lock keeps the
// one atomic operation each way and the record. Whoever reads the bytes of a mutex afterwards tells the two by their kind.
//
// The header includes nothing of <pthread.h>: functions that are inlined from Swift must see that as glibc's alone.
#ifndef STRAGGLER_MUTEX_H
#define STRAGGLER_MUTEX_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A lock that one thread holds at a time. A thread that takes it twice waits for ever.
typedef struct StragglerMutex {
  uint32_t word;       // 0 where it is free, else its holder's kernel id, with the highest bit where somebody may wait
  uint32_t unused[3];  // 0
  uint32_t kind;       // STRAGGLER_OWNER_IN_WORD, where a pthread mutex has its kind
  uint32_t reserved[5];
} StragglerMutex;

/// Makes the memory a free lock. It is to be ended by `straggler_mutex_destroy`, in nobody's hand.
void straggler_mutex_init(StragglerMutex *mutex);
void straggler_mutex_destroy(StragglerMutex *mutex);

/// Takes the lock, waiting until it is free. True if the exit is finalizing.
bool straggler_mutex_lock(StragglerMutex *mutex);

/// Takes the lock if it is free: whether it was.
bool straggler_mutex_try_lock(StragglerMutex *mutex);

/// Gives the lock back. True if the exit is finalizing.
bool straggler_mutex_unlock(StragglerMutex *mutex);

/// The exit has waited for all threads and run all callbacks. Never taken back.
void straggler_begin_finalizing(void);
/// Read by `straggler_is_finalizing` only.
extern uint32_t straggler_finalizing;
static inline bool straggler_is_finalizing(void) { return __atomic_load_n(&straggler_finalizing, __ATOMIC_ACQUIRE) != 0; }

#ifdef __cplusplus
}
#endif

#endif
