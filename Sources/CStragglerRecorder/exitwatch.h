// The exit of a linked program that nobody observes: who watches that it comes to an end.
#ifndef STRAGGLER_EXITWATCH_H
#define STRAGGLER_EXITWATCH_H

#include "StragglerRecorder.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

#pragma GCC visibility push(hidden)

/// The thread whose exit is watched; NULL where none is.
extern StragglerThread *straggler_watched_thread;

/// Begins to watch the exit that the calling thread has just begun.
void straggler_watch_exit(StragglerThread *self);
/// The exit comes to its end by itself: nothing is watched any more.
void straggler_watch_end(void);
/// Forgets, in a forked child, what its parent watched: timers are not inherited (fork(2)).
void straggler_watch_reset(void);

/// A thread was made while one is watched. With the first one of a program glibc sets its own handler of the signal.
void straggler_watch_thread_made(void);
/// The watched thread has begun, or ended, a wait.
void straggler_watch_wait(void);
void straggler_watch_wait_ended(void);

/// A number that stands for the waits that keep a thread from ever going on, the same one as long as these are the same: a
/// chain of waits that comes back to one of its threads, or ends at a lock whose holder has ended. 0 where anything in it
/// may still move. The other threads run on meanwhile: two looks, some time apart, have to agree.
uint64_t straggler_find_deadlock(StragglerThread *start);

#pragma GCC visibility pop

STRAGGLER_UNINSTRUMENTED_END

#endif
