// How the interposer is started: by the executable that it is linked into, or by the preload library.
#ifndef CSTRAGGLER_INTERPOSE_H
#define CSTRAGGLER_INTERPOSE_H

#include <stdint.h>

#pragma GCC visibility push(hidden)

/// Starts recording in this process. To be called once, before anything of the program runs: the exit handler that it
/// registers has to be the first one, to be the last one to run. `flags` are StragglerArenaFlags.
void straggler_interpose_start(int argument_count, char **arguments, char **environment, uint32_t flags);

#pragma GCC visibility pop

#endif
