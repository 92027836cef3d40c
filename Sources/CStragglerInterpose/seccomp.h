// The start of what watches for seccomp filters.
#ifndef STRAGGLER_SECCOMP_H
#define STRAGGLER_SECCOMP_H

#pragma GCC visibility push(hidden)

/// To be called once the originals are found.
void straggler_seccomp_start(void);

#pragma GCC visibility pop

#endif
