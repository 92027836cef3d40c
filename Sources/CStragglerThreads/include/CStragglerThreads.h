// What the thread runtime needs of glibc that Swift cannot see.
//
// Swift imports glibc as its headers are without _GNU_SOURCE, so that the functions called here are not in its module
// (Swift 6.3). They are declared here under names of our own; a shim may go once its function is in module Glibc.
#ifndef STRAGGLER_THREADS_H
#define STRAGGLER_THREADS_H

#include <pthread.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The kernel's id of the calling thread: gettid(2).
pid_t straggler_kernel_thread_id(void);

/// Gives the calling thread the name that `top -H` and debuggers show: pthread_setname_np(3). The kernel keeps 15
/// bytes; longer names are cut there, before a UTF-8 sequence that would not fit.
void straggler_set_kernel_thread_name(const char *name);

/// Joins a thread that has ended already: pthread_tryjoin_np(3). 0 if it was joined, EBUSY if it still runs.
int straggler_try_join(pthread_t thread);

/// Takes a mutex, waiting until `deadline` on CLOCK_MONOTONIC: pthread_mutex_clocklock. 0 or ETIMEDOUT.
int straggler_lock_until(pthread_mutex_t *mutex, const struct timespec *deadline);

#ifdef __cplusplus
}
#endif

#endif
