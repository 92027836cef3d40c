// What the interposer tells the recorder of system calls that a program makes by their numbers: of its confining itself by seccomp(2),
// and of a thread's ending itself.
#ifndef STRAGGLER_CONFINEMENT_H
#define STRAGGLER_CONFINEMENT_H

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/// The calling thread is about to install a filter. From here on the recorder makes no system call. True where this was the
/// first one.
bool straggler_confine(void);

/// The kernel refused it: everything is as it was before a `straggler_confine` that returned true.
void straggler_confinement_failed(void);

/// The calling thread is about to end itself by the kernel's own exit: nothing of libc's that would say so runs any more.
void straggler_thread_leaves(void);

#pragma GCC visibility pop

#endif
