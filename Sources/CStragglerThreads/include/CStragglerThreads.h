// What the thread runtime needs of glibc that Swift cannot see.
//
// Swift imports glibc as its headers are without _GNU_SOURCE, so that the functions called here are not in its module
// (Swift 6.3). They are declared here under names of our own; a shim may go once its function is in module Glibc.
#ifndef STRAGGLER_THREADS_H
#define STRAGGLER_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The kernel's id of the calling thread: gettid(2).
pid_t straggler_kernel_thread_id(void);

/// Gives the calling thread the name that `top -H` and debuggers show, and the recorder no other one: prctl(2),
/// PR_SET_NAME. The kernel keeps 15 bytes; longer names are cut there, before a UTF-8 sequence that would not fit.
///
/// - Returns: whether it went through a sanitizer's function, by which a preloaded recorder saw the cut name after all.
bool straggler_set_kernel_thread_name(const char *name);

/// Joins a thread that has ended already: pthread_tryjoin_np(3). 0 if it was joined, EBUSY if it still runs.
int straggler_try_join(pthread_t thread);

/// Takes a mutex, waiting until `deadline` on CLOCK_MONOTONIC: pthread_mutex_clocklock. 0 or ETIMEDOUT.
int straggler_lock_until(pthread_mutex_t *mutex, const struct timespec *deadline);

/// As `straggler_lock_until` for the two sides of a read-write lock: pthread_rwlock_clockrdlock, pthread_rwlock_clockwrlock.
int straggler_read_lock_until(pthread_rwlock_t *lock, const struct timespec *deadline);
int straggler_write_lock_until(pthread_rwlock_t *lock, const struct timespec *deadline);

/// Makes a read-write lock where a waiting writer comes before new readers, without which readers that overlap keep it
/// out for ever: PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP.
int straggler_rwlock_init(pthread_rwlock_t *lock);

/// Who holds a mutex, and how often it has taken it: glibc's own fields, which gdb reads too.
pid_t straggler_mutex_owner(const pthread_mutex_t *mutex);
unsigned straggler_mutex_depth(const pthread_mutex_t *mutex);

/// The object of the thread runtime's state, which a forked child can reach without any lock; NULL until it is made.
void *straggler_runtime_object(void);

/// The same, made by `make` if there is none yet: by pthread_once(3), which begins anew in a child that was forked while another
/// thread was in the middle of it. Waits for a thread that is just making it.
void *straggler_made_runtime_object(void *(*make)(void));

/// Makes what the exiting thread waits on, in this process. To be called before the functions below, and again in a
/// forked child, where no exit waits, and where SIGINT and SIGTERM are what they were before one did.
void straggler_exit_wait_prepare(void);

/// From here to `straggler_exit_unwatch`, SIGINT and SIGTERM interrupt the exit's wait, unless the program handles or
/// ignores them; a second one ends the process. To be called by the exiting thread; again does nothing. A handler that the
/// program installs meanwhile stays.
void straggler_exit_watch(void);
void straggler_exit_unwatch(void);

/// The first signal that interrupted the wait; 0 if none did.
int straggler_exit_interruption(void);

/// Waits for news, an interruption, or `deadline` on CLOCK_MONOTONIC; NULL is none. May return without any of them.
void straggler_exit_wait(const struct timespec *deadline);

/// Something has changed that the exiting thread may be waiting for. May be called from any thread.
void straggler_exit_news(void);

#ifdef __cplusplus
}
#endif

#endif
