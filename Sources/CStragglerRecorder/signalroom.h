// Which signal stops a thread without harm.
#ifndef STRAGGLER_SIGNALROOM_H
#define STRAGGLER_SIGNALROOM_H

#include "StragglerRecorder.h"

#pragma GCC visibility push(hidden)

/// glibc's SIGSETXID and SIGCANCEL: the handler of the first runs on the stack that the thread stands on, that of the second
/// on its alternate one.
enum { STRAGGLER_FREEZE_SIGNAL = 33, STRAGGLER_ALTERNATE_SIGNAL = 32 };

/// The signal that stops the thread; 0 where none can without harm.
int straggler_freeze_signal_for(const StragglerThread *slot);

#pragma GCC visibility pop

#endif
