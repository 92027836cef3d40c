// Straggler's annotations: what a program can say of itself that no interposed library call shows.
//
// For any language that can call C. Nothing needs to be linked: where no recorder is present (the program is neither
// linked with Straggler nor run by `straggler run`), every function here does nothing.
//
// All functions may be called from any thread at any time, a signal handler excepted. None blocks, allocates, prints or
// changes errno. Names are copied, cut at 127 bytes (lock names at 111) and may be any bytes but NUL; NULL is "no name".
#ifndef STRAGGLER_H
#define STRAGGLER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What kind of lock an annotation is about: the report's `resource.kind`.
enum straggler_lock_kind {
  STRAGGLER_LOCK_MUTEX = 1,
  STRAGGLER_LOCK_RECURSIVE_MUTEX = 2,
  STRAGGLER_LOCK_READ_WRITE = 3,
  STRAGGLER_LOCK_SPIN = 4,
};

// Each function asks first whether a recorder is there: the weak symbols below are its side of the call.
#define STRAGGLER_WEAK __attribute__((weak, visibility("default")))

STRAGGLER_WEAK void straggler_record_thread_set_name(const char *name);
STRAGGLER_WEAK void straggler_record_thread_set_daemon(bool daemon);
STRAGGLER_WEAK void straggler_record_next_thread(const char *name, bool daemon);
STRAGGLER_WEAK uint32_t straggler_record_next_thread_number(void);
STRAGGLER_WEAK uint64_t straggler_record_section_enter(const char *name);
STRAGGLER_WEAK uint64_t straggler_record_task_section_enter(const char *name, uint64_t task);
STRAGGLER_WEAK void straggler_record_section_leave(uint64_t token);
STRAGGLER_WEAK void straggler_record_lock_acquired(const void *lock, enum straggler_lock_kind kind, bool shared);
STRAGGLER_WEAK void straggler_record_lock_released(const void *lock);
STRAGGLER_WEAK void straggler_record_lock_wait_begun(const void *lock, enum straggler_lock_kind kind);
STRAGGLER_WEAK void straggler_record_lock_wait_ended(void);
STRAGGLER_WEAK void straggler_record_lock_set_name(const void *lock, const char *name);
STRAGGLER_WEAK void straggler_record_lock_forget_name(const void *lock);

/// Names the calling thread, as reports will show it.
static inline void straggler_thread_set_name(const char *name) {
  if (straggler_record_thread_set_name) straggler_record_thread_set_name(name);
}

/// Says whether the calling thread is a daemon: one that exit does not wait for. A declared non-daemon thread that is
/// alive at exit is reported as `abandoned-user-thread`.
static inline void straggler_thread_set_daemon(bool daemon) {
  if (straggler_record_thread_set_daemon) straggler_record_thread_set_daemon(daemon);
}

/// For libraries that make threads: says what the thread is that the calling one creates next, so that a report that comes before
/// that thread has run knows it. `name` must last until `straggler_next_thread_number` was called, which has to follow the creation.
static inline void straggler_next_thread(const char *name, bool daemon) {
  if (straggler_record_next_thread) straggler_record_next_thread(name, daemon);
}

/// The serial number in this process of the thread that was created since `straggler_next_thread`; 0 where none was, or nobody
/// recorded it.
static inline uint32_t straggler_next_thread_number(void) {
  return straggler_record_next_thread_number ? straggler_record_next_thread_number() : 0;
}

/// Enters a critical section on the calling thread. The token ends it, in any order and on any thread; 0 where there was
/// no room to record it (or no recorder), which `straggler_section_leave` accepts.
static inline uint64_t straggler_section_enter(const char *name) {
  return straggler_record_section_enter ? straggler_record_section_enter(name) : 0;
}

/// Enters a critical section of a task that may move from thread to thread; `task` is any number but 0 that tells it
/// from the others.
static inline uint64_t straggler_task_section_enter(const char *name, uint64_t task) {
  return straggler_record_task_section_enter ? straggler_record_task_section_enter(name, task) : 0;
}

/// Leaves the section that `straggler_section_enter` gave this token for. Leaving twice does nothing.
static inline void straggler_section_leave(uint64_t token) {
  if (straggler_record_section_leave) straggler_record_section_leave(token);
}

/// The calling thread has taken a lock that libc does not know. To be called after the lock was taken.
/// `shared` says that it is the read side of a read-write lock.
static inline void straggler_lock_acquired(const void *lock, enum straggler_lock_kind kind, bool shared) {
  if (straggler_record_lock_acquired) straggler_record_lock_acquired(lock, kind, shared);
}

/// The calling thread is about to give the lock back. To be called before the lock is released.
static inline void straggler_lock_released(const void *lock) {
  if (straggler_record_lock_released) straggler_record_lock_released(lock);
}

/// The calling thread is about to wait for this lock; ended by `straggler_lock_wait_ended`.
static inline void straggler_lock_wait_begun(const void *lock, enum straggler_lock_kind kind) {
  if (straggler_record_lock_wait_begun) straggler_record_lock_wait_begun(lock, kind);
}

/// Ends what `straggler_lock_wait_begun` said.
static inline void straggler_lock_wait_ended(void) {
  if (straggler_record_lock_wait_ended) straggler_record_lock_wait_ended();
}

/// Not called by you but written by you, if you want it: gives the suppressions that the program brings along, in the words of
/// a suppression file (docs/suppressions.md). Called once, on the main thread, just before main. The text stays yours, and has to
/// stay as it is: a string literal. Of a text only the first 4,095 bytes are read. A program that does not link the recorder
/// has to export the function (`-rdynamic`).
STRAGGLER_WEAK const char *straggler_default_suppressions(void);

/// Gives a lock a name, for as long as it lives: until `straggler_lock_forget_name`, or another name for the same address.
/// Works for pthread locks and every other kind.
static inline void straggler_lock_set_name(const void *lock, const char *name) {
  if (straggler_record_lock_set_name) straggler_record_lock_set_name(lock, name);
}

/// To be called when a named lock's memory is given back.
static inline void straggler_lock_forget_name(const void *lock) {
  if (straggler_record_lock_forget_name) straggler_record_lock_forget_name(lock);
}

#ifdef __cplusplus
}
#endif

#endif
