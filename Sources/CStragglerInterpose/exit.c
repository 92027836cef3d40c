// The ways out, and the way in.
//
// The record is completed in an on_exit handler that was registered before anything of the program ran: it runs after
// every atexit handler and every destructor of every library (exit(3), on_exit(3)), so that a library whose destructor
// joins its worker still can.
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include "CStragglerInterpose.h"
#include "mutexword.h"
#include "seccomp.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { EXITING_AT_ONCE = 4 };

static void straggler_at_end_of_exit(int status, void *context) {
  (void)context;
  straggler_exit_begin(status);  // the last thread's pthread_exit comes here without having passed anything of ours
  int final = straggler_exit_finish(STRAGGLER_EXIT_RETURN, status);
  if (final != status) ORIGINAL(exit)(final);  // exit within on_exit goes on with what is left, with the new status
}

/// What at_quick_exit comes down to (glibc 2.10, stdlib/cxa_at_quick_exit.c). Of a library it is named for, exit forgets the handlers when
/// it ends that library, while another thread may be in quick_exit; those of no library stay. libc gives every handler the status
/// besides (stdlib/exit.c, __run_exit_handlers).
extern int __cxa_at_quick_exit(void (*handler)(void *, int status), void *library) __attribute__((weak));
// musl has neither (StragglerPreload).
#pragma weak on_exit

static void straggler_at_end_of_quick_exit(void *context, int status) {
  (void)context;
  int final = straggler_exit_finish(STRAGGLER_EXIT_QUICK, status);
  if (final != status) ORIGINAL(_exit)(final);
}

void straggler_interpose_start(int argument_count, char **arguments, char **environment, uint32_t flags) {
  straggler_find_originals();
  straggler_seccomp_start();
  straggler_lock_functions[0] = (uint64_t)straggler_originals.pthread_mutex_lock;
  straggler_lock_functions[1] = (uint64_t)straggler_originals.pthread_mutex_trylock;
  straggler_lock_functions[2] = (uint64_t)straggler_originals.pthread_rwlock_rdlock;
  straggler_lock_functions[3] = (uint64_t)straggler_originals.pthread_rwlock_wrlock;
  straggler_recorder_start(argument_count, arguments, environment, flags);
  straggler_know_mutexes();
  // Threads that exit at the same time take the handlers out of one list between them (until glibc 2.41, stdlib/exit.c): one
  // that found none left would end the process in the middle of another one's freeze. The first to come here completes the
  // record, the others find a handler that stops them.
  for (int count = 0; count < EXITING_AT_ONCE; count++) {
    on_exit(straggler_at_end_of_exit, NULL);
    __cxa_at_quick_exit(straggler_at_end_of_quick_exit, NULL);
  }
}

// MARK: - main

static int (*program_main)(int, char **, char **);

// C lets a program declare its main with fewer parameters than it is called with.
__attribute__((no_sanitize("function"))) static int straggler_observed_main(int argument_count, char **arguments, char **environment) {
  straggler_suppressions_ask();
  int status = program_main(argument_count, arguments, environment);
  straggler_exit_begin(status);
  return status;
}

STRAGGLER_EXPORT int __libc_start_main(
  int (*main)(int, char **, char **), int argument_count, char **arguments, void (*init)(void), void (*fini)(void),
  void (*loader_fini)(void), void *stack_end
) {
  program_main = main;
  return ORIGINAL(__libc_start_main)(straggler_observed_main, argument_count, arguments, init, fini, loader_fini, stack_end);
}

// MARK: - exit and its kin

STRAGGLER_EXPORT void exit(int status) {
  straggler_exit_begin(status);
  ORIGINAL(exit)(status);
  __builtin_unreachable();
}

STRAGGLER_EXPORT void _exit(int status) {
  ORIGINAL(_exit)(straggler_exit_finish(STRAGGLER_EXIT_UNDERSCORE, status));
  __builtin_unreachable();
}

STRAGGLER_EXPORT void _Exit(int status) {
  ORIGINAL(_Exit)(straggler_exit_finish(STRAGGLER_EXIT_UNDERSCORE, status));
  __builtin_unreachable();
}

STRAGGLER_UNINSTRUMENTED_END
