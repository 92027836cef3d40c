// Every libc function that is interposed, and the way to the original.
//
// The list below is the whole list: one line each, return type, name, parameters, version (NULL: the default one).
#ifndef STRAGGLER_ORIGINALS_H
#define STRAGGLER_ORIGINALS_H

#include <dirent.h>
#include <mqueue.h>
#include <pty.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <wchar.h>

#include "StragglerRecorder.h"

#define STRAGGLER_EXPORT __attribute__((visibility("default")))

#define STRAGGLER_INTERPOSED(F)                                                                                       \
  F(int, pthread_create, (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *), NULL)                      \
  F(int, pthread_join, (pthread_t, void **), NULL)                                                                    \
  F(int, pthread_tryjoin_np, (pthread_t, void **), NULL)                                                              \
  F(int, pthread_timedjoin_np, (pthread_t, void **, const struct timespec *), NULL)                                   \
  F(int, pthread_clockjoin_np, (pthread_t, void **, clockid_t, const struct timespec *), NULL)                        \
  F(int, pthread_detach, (pthread_t), NULL)                                                                           \
  F(int, pthread_setname_np, (pthread_t, const char *), NULL)                                                         \
  F(int, pthread_mutex_lock, (pthread_mutex_t *), NULL)                                                               \
  F(int, pthread_mutex_trylock, (pthread_mutex_t *), NULL)                                                            \
  F(int, pthread_mutex_timedlock, (pthread_mutex_t *, const struct timespec *), NULL)                                 \
  F(int, pthread_mutex_clocklock, (pthread_mutex_t *, clockid_t, const struct timespec *), NULL)                      \
  F(int, pthread_mutex_unlock, (pthread_mutex_t *), NULL)                                                             \
  F(int, pthread_mutex_init, (pthread_mutex_t *, const pthread_mutexattr_t *), NULL)                                  \
  F(int, pthread_mutex_destroy, (pthread_mutex_t *), NULL)                                                            \
  F(int, mtx_init, (mtx_t *, int), NULL)                                                                              \
  F(int, mtx_lock, (mtx_t *), NULL)                                                                                   \
  F(int, mtx_trylock, (mtx_t *), NULL)                                                                                \
  F(int, mtx_timedlock, (mtx_t *, const struct timespec *), NULL)                                                     \
  F(int, mtx_unlock, (mtx_t *), NULL)                                                                                 \
  F(int, pthread_rwlock_rdlock, (pthread_rwlock_t *), NULL)                                                           \
  F(int, pthread_rwlock_tryrdlock, (pthread_rwlock_t *), NULL)                                                        \
  F(int, pthread_rwlock_timedrdlock, (pthread_rwlock_t *, const struct timespec *), NULL)                             \
  F(int, pthread_rwlock_clockrdlock, (pthread_rwlock_t *, clockid_t, const struct timespec *), NULL)                  \
  F(int, pthread_rwlock_wrlock, (pthread_rwlock_t *), NULL)                                                           \
  F(int, pthread_rwlock_trywrlock, (pthread_rwlock_t *), NULL)                                                        \
  F(int, pthread_rwlock_timedwrlock, (pthread_rwlock_t *, const struct timespec *), NULL)                             \
  F(int, pthread_rwlock_clockwrlock, (pthread_rwlock_t *, clockid_t, const struct timespec *), NULL)                  \
  F(int, pthread_rwlock_unlock, (pthread_rwlock_t *), NULL)                                                           \
  F(int, pthread_rwlock_init, (pthread_rwlock_t *, const pthread_rwlockattr_t *), NULL)                               \
  F(int, pthread_rwlock_destroy, (pthread_rwlock_t *), NULL)                                                          \
  F(int, pthread_spin_lock, (pthread_spinlock_t *), NULL)                                                             \
  F(int, pthread_spin_trylock, (pthread_spinlock_t *), NULL)                                                          \
  F(int, pthread_spin_unlock, (pthread_spinlock_t *), NULL)                                                           \
  F(int, pthread_spin_init, (pthread_spinlock_t *, int), NULL)                                                        \
  F(int, pthread_spin_destroy, (pthread_spinlock_t *), NULL)                                                          \
  F(int, pthread_cond_wait, (pthread_cond_t *, pthread_mutex_t *), "GLIBC_2.3.2")                                     \
  F(int, pthread_cond_timedwait, (pthread_cond_t *, pthread_mutex_t *, const struct timespec *), "GLIBC_2.3.2")       \
  F(int, pthread_cond_clockwait, (pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *), NULL)     \
  F(int, cnd_wait, (cnd_t *, mtx_t *), NULL)                                                                          \
  F(int, cnd_timedwait, (cnd_t *, mtx_t *, const struct timespec *), NULL)                                            \
  F(int, pthread_barrier_wait, (pthread_barrier_t *), NULL)                                                           \
  F(int, pthread_once, (pthread_once_t *, void (*)(void)), NULL)                                                      \
  F(void, call_once, (once_flag *, void (*)(void)), NULL)                                                             \
  F(int, sem_init, (sem_t *, int, unsigned), NULL)                                                                    \
  F(int, sem_destroy, (sem_t *), NULL)                                                                                \
  F(sem_t *, sem_open, (const char *, int, ...), NULL)                                                                \
  F(int, sem_close, (sem_t *), NULL)                                                                                  \
  F(int, sem_wait, (sem_t *), NULL)                                                                                   \
  F(int, sem_trywait, (sem_t *), NULL)                                                                                \
  F(int, sem_timedwait, (sem_t *, const struct timespec *), NULL)                                                     \
  F(int, sem_clockwait, (sem_t *, clockid_t, const struct timespec *), NULL)                                          \
  F(int, sem_post, (sem_t *), NULL)                                                                                   \
  F(void, flockfile, (FILE *), NULL)                                                                                  \
  F(int, ftrylockfile, (FILE *), NULL)                                                                                \
  F(void, funlockfile, (FILE *), NULL)                                                                                \
  F(int, flock, (int, int), NULL)                                                                                     \
  F(int, lockf, (int, int, off_t), NULL)                                                                              \
  F(int, lockf64, (int, int, off64_t), NULL)                                                                          \
  F(int, fcntl, (int, int, ...), NULL)                                                                                \
  F(int, fcntl64, (int, int, ...), NULL)                                                                              \
  F(int, open, (const char *, int, ...), NULL)                                                                        \
  F(int, open64, (const char *, int, ...), NULL)                                                                      \
  F(int, openat, (int, const char *, int, ...), NULL)                                                                 \
  F(int, openat64, (int, const char *, int, ...), NULL)                                                               \
  F(int, __open_2, (const char *, int), NULL)                                                                         \
  F(int, __open64_2, (const char *, int), NULL)                                                                       \
  F(int, __openat_2, (int, const char *, int), NULL)                                                                  \
  F(int, __openat64_2, (int, const char *, int), NULL)                                                                \
  F(int, creat, (const char *, mode_t), NULL)                                                                         \
  F(int, creat64, (const char *, mode_t), NULL)                                                                       \
  F(int, mkstemp, (char *), NULL)                                                                                     \
  F(int, mkstemp64, (char *), NULL)                                                                                   \
  F(int, mkostemp, (char *, int), NULL)                                                                               \
  F(int, mkostemp64, (char *, int), NULL)                                                                             \
  F(int, mkstemps, (char *, int), NULL)                                                                               \
  F(int, mkstemps64, (char *, int), NULL)                                                                             \
  F(int, mkostemps, (char *, int, int), NULL)                                                                         \
  F(int, mkostemps64, (char *, int, int), NULL)                                                                       \
  F(FILE *, tmpfile, (void), NULL)                                                                                    \
  F(FILE *, tmpfile64, (void), NULL)                                                                                  \
  F(int, memfd_create, (const char *, unsigned), NULL)                                                                \
  F(int, shm_open, (const char *, int, mode_t), NULL)                                                                 \
  F(int, eventfd, (unsigned, int), NULL)                                                                              \
  F(int, epoll_create, (int), NULL)                                                                                   \
  F(int, epoll_create1, (int), NULL)                                                                                  \
  F(int, timerfd_create, (clockid_t, int), NULL)                                                                      \
  F(int, signalfd, (int, const sigset_t *, int), NULL)                                                                \
  F(int, inotify_init, (void), NULL)                                                                                  \
  F(int, inotify_init1, (int), NULL)                                                                                  \
  F(int, fanotify_init, (unsigned, unsigned), NULL)                                                                   \
  F(mqd_t, mq_open, (const char *, int, ...), NULL)                                                                   \
  F(mqd_t, __mq_open_2, (const char *, int), NULL)                                                                    \
  F(int, mq_close, (mqd_t), NULL)                                                                                     \
  F(int, pidfd_open, (pid_t, unsigned), NULL)                                                                         \
  F(int, pidfd_getfd, (int, int, unsigned), NULL)                                                                     \
  F(int, open_by_handle_at, (int, struct file_handle *, int), NULL)                                                   \
  F(int, posix_openpt, (int), NULL)                                                                                   \
  F(int, getpt, (void), NULL)                                                                                         \
  F(int, openpty, (int *, int *, char *, const struct termios *, const struct winsize *), NULL)                       \
  F(int, forkpty, (int *, char *, const struct termios *, const struct winsize *), NULL)                              \
  F(int, pipe, (int *), NULL)                                                                                         \
  F(int, pipe2, (int *, int), NULL)                                                                                   \
  F(int, socket, (int, int, int), NULL)                                                                               \
  F(int, socketpair, (int, int, int, int *), NULL)                                                                    \
  F(int, accept, (int, __SOCKADDR_ARG, socklen_t *), NULL)                                                            \
  F(int, accept4, (int, __SOCKADDR_ARG, socklen_t *, int), NULL)                                                      \
  F(ssize_t, recvmsg, (int, struct msghdr *, int), NULL)                                                              \
  F(int, recvmmsg, (int, struct mmsghdr *, unsigned, int, struct timespec *), NULL)                                   \
  F(DIR *, opendir, (const char *), NULL)                                                                             \
  F(int, closedir, (DIR *), NULL)                                                                                     \
  F(ssize_t, write, (int, const void *, size_t), NULL)                                                                \
  F(ssize_t, pwrite, (int, const void *, size_t, off_t), NULL)                                                        \
  F(ssize_t, pwrite64, (int, const void *, size_t, off64_t), NULL)                                                    \
  F(ssize_t, writev, (int, const struct iovec *, int), NULL)                                                          \
  F(ssize_t, pwritev, (int, const struct iovec *, int, off_t), NULL)                                                  \
  F(ssize_t, pwritev64, (int, const struct iovec *, int, off64_t), NULL)                                              \
  F(ssize_t, pwritev2, (int, const struct iovec *, int, off_t, int), NULL)                                            \
  F(ssize_t, pwritev64v2, (int, const struct iovec *, int, off64_t, int), NULL)                                       \
  F(ssize_t, copy_file_range, (int, off64_t *, int, off64_t *, size_t, unsigned), NULL)                               \
  F(ssize_t, sendfile, (int, int, off_t *, size_t), NULL)                                                             \
  F(ssize_t, sendfile64, (int, int, off64_t *, size_t), NULL)                                                         \
  F(ssize_t, splice, (int, off64_t *, int, off64_t *, size_t, unsigned), NULL)                                        \
  F(int, vdprintf, (int, const char *, va_list), NULL)                                                                \
  F(int, __vdprintf_chk, (int, int, const char *, va_list), NULL)                                                     \
  F(int, fsync, (int), NULL)                                                                                          \
  F(int, fdatasync, (int), NULL)                                                                                      \
  F(int, syncfs, (int), NULL)                                                                                         \
  F(int, sync_file_range, (int, off64_t, off64_t, unsigned), NULL)                                                    \
  F(void, sync, (void), NULL)                                                                                         \
  F(int, fallocate, (int, int, off_t, off_t), NULL)                                                                   \
  F(int, fallocate64, (int, int, off64_t, off64_t), NULL)                                                             \
  F(int, posix_fallocate, (int, off_t, off_t), NULL)                                                                  \
  F(int, posix_fallocate64, (int, off64_t, off64_t), NULL)                                                            \
  F(int, ftruncate, (int, off_t), NULL)                                                                               \
  F(int, ftruncate64, (int, off64_t), NULL)                                                                           \
  F(int, truncate, (const char *, off_t), NULL)                                                                       \
  F(int, truncate64, (const char *, off64_t), NULL)                                                                   \
  F(int, rename, (const char *, const char *), NULL)                                                                  \
  F(int, renameat, (int, const char *, int, const char *), NULL)                                                      \
  F(int, renameat2, (int, const char *, int, const char *, unsigned), NULL)                                           \
  F(int, dup, (int), NULL)                                                                                            \
  F(int, dup2, (int, int), NULL)                                                                                      \
  F(int, dup3, (int, int, int), NULL)                                                                                 \
  F(int, close, (int), NULL)                                                                                          \
  F(void, closefrom, (int), NULL)                                                                                     \
  F(int, close_range, (unsigned, unsigned, int), NULL)                                                                \
  F(FILE *, fopen, (const char *, const char *), NULL)                                                                \
  F(FILE *, fopen64, (const char *, const char *), NULL)                                                              \
  F(FILE *, fdopen, (int, const char *), NULL)                                                                        \
  F(FILE *, freopen, (const char *, const char *, FILE *), NULL)                                                      \
  F(FILE *, freopen64, (const char *, const char *, FILE *), NULL)                                                    \
  F(int, fclose, (FILE *), NULL)                                                                                      \
  F(FILE *, popen, (const char *, const char *), NULL)                                                                \
  F(int, pclose, (FILE *), NULL)                                                                                      \
  F(int, fflush, (FILE *), NULL)                                                                                      \
  F(size_t, fwrite, (const void *, size_t, size_t, FILE *), NULL)                                                     \
  F(size_t, fwrite_unlocked, (const void *, size_t, size_t, FILE *), NULL)                                            \
  F(int, fputs, (const char *, FILE *), NULL)                                                                         \
  F(int, fputs_unlocked, (const char *, FILE *), NULL)                                                                \
  F(int, fputc, (int, FILE *), NULL)                                                                                  \
  F(int, putc, (int, FILE *), NULL)                                                                                   \
  F(int, fputc_unlocked, (int, FILE *), NULL)                                                                         \
  F(int, putc_unlocked, (int, FILE *), NULL)                                                                          \
  F(int, putw, (int, FILE *), NULL)                                                                                   \
  F(int, __overflow, (FILE *, int), NULL)                                                                             \
  F(int, fflush_unlocked, (FILE *), NULL)                                                                             \
  F(int, puts, (const char *), NULL)                                                                                  \
  F(int, putchar, (int), NULL)                                                                                        \
  F(int, putchar_unlocked, (int), NULL)                                                                               \
  F(int, fputws, (const wchar_t *, FILE *), NULL)                                                                     \
  F(wint_t, fputwc, (wchar_t, FILE *), NULL)                                                                          \
  F(int, fputws_unlocked, (const wchar_t *, FILE *), NULL)                                                            \
  F(wint_t, fputwc_unlocked, (wchar_t, FILE *), NULL)                                                                 \
  F(wint_t, putwc_unlocked, (wchar_t, FILE *), NULL)                                                                  \
  F(wint_t, putwchar, (wchar_t), NULL)                                                                                \
  F(wint_t, putwchar_unlocked, (wchar_t), NULL)                                                                       \
  F(wint_t, putwc, (wchar_t, FILE *), NULL)                                                                           \
  F(int, vfprintf, (FILE *, const char *, va_list), NULL)                                                             \
  F(int, __vfprintf_chk, (FILE *, int, const char *, va_list), NULL)                                                  \
  F(int, vfwprintf, (FILE *, const wchar_t *, va_list), NULL)                                                         \
  F(int, __vfwprintf_chk, (FILE *, int, const wchar_t *, va_list), NULL)                                              \
  F(void, exit, (int), NULL)                                                                                          \
  F(void, _exit, (int), NULL)                                                                                         \
  F(void, _Exit, (int), NULL)                                                                                         \
  F(int, thrd_create, (thrd_t *, thrd_start_t, void *), NULL)                                                         \
  F(int, thrd_join, (thrd_t, int *), NULL)                                                                            \
  F(int, thrd_detach, (thrd_t), NULL)                                                                                 \
  F(long, syscall, (long, ...), NULL)                                                                                 \
  F(int, prctl, (int, ...), NULL)                                                                                     \
  F(int, sigaltstack, (const stack_t *restrict, stack_t *restrict), NULL)                                             \
  F(int, execve, (const char *, char *const[], char *const[]), NULL)                                                  \
  F(int, execv, (const char *, char *const[]), NULL)                                                                  \
  F(int, execvp, (const char *, char *const[]), NULL)                                                                 \
  F(int, execvpe, (const char *, char *const[], char *const[]), NULL)                                                 \
  F(int, fexecve, (int, char *const[], char *const[]), NULL)                                                          \
  F(int, execveat, (int, const char *, char *const[], char *const[], int), NULL)                                      \
  F(pid_t, wait, (int *), NULL)                                                                                       \
  F(pid_t, waitpid, (pid_t, int *, int), NULL)                                                                        \
  F(int, waitid, (idtype_t, id_t, siginfo_t *, int), NULL)                                                            \
  F(pid_t, wait3, (int *, int, struct rusage *), NULL)                                                                \
  F(pid_t, wait4, (pid_t, int *, int, struct rusage *), NULL)                                                         \
  F(int, system, (const char *), NULL)                                                                                \
  F(pid_t, fork, (void), NULL)                                                                                        \
  F(pid_t, _Fork, (void), NULL)                                                                                       \
  F(int, daemon, (int, int), NULL)                                                                                    \
  F(int, clone, (int (*)(void *), void *, int, void *, ...), NULL)                                                    \
  F(int, posix_spawn,                                                                                                 \
    (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],             \
     char *const[]), "GLIBC_2.15")                                                                                    \
  F(int, posix_spawnp,                                                                                                \
    (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],             \
     char *const[]), "GLIBC_2.15")                                                                                    \
  F(int, __libc_start_main,                                                                                           \
    (int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *), NULL)

#pragma GCC visibility push(hidden)

typedef struct StragglerOriginals {
#define STRAGGLER_FIELD(result, name, parameters, version) result(*name) parameters;
  STRAGGLER_INTERPOSED(STRAGGLER_FIELD)
#undef STRAGGLER_FIELD
} StragglerOriginals;

extern StragglerOriginals straggler_originals;
extern uint32_t straggler_originals_found;
void straggler_find_originals(void);

/// The next definition of an interposed function: libc's, a sanitizer's, or that of another preloaded library.
#define ORIGINAL(name)                                                                           \
  (*({                                                                                           \
    if (__builtin_expect(!__atomic_load_n(&straggler_originals_found, __ATOMIC_ACQUIRE), 0)) {     \
      straggler_find_originals();                                                                \
    }                                                                                            \
    straggler_originals.name;                                                                    \
  }))

/// The same where the thread has a slot: the originals were found before the first one was given.
#define KNOWN_ORIGINAL(name) (straggler_originals.name)

#pragma GCC visibility pop

#endif
