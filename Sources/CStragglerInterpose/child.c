// Waiting for a child process: what a killed process's record alone can tell.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// Runs `call`, which waits for a child unless `options` say that it must not.
#define AWAITING(type, options, call)                                                                \
  StragglerThread *self = (options) & WNOHANG ? NULL : straggler_self();                             \
  if (self == NULL) return call;                                                                     \
  bool begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_PROCESS, 0, NULL, 0, STRAGGLER_CALLER()); \
  type result = call;                                                                                \
  straggler_end_wait(self, begun);                                                                   \
  return result;

STRAGGLER_EXPORT pid_t wait(int *status) {
  AWAITING(pid_t, 0, ORIGINAL(wait)(status))
}

STRAGGLER_EXPORT pid_t waitpid(pid_t process, int *status, int options) {
  AWAITING(pid_t, options, ORIGINAL(waitpid)(process, status, options))
}

STRAGGLER_EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
  AWAITING(int, options, ORIGINAL(waitid)(type, id, info, options))
}

STRAGGLER_EXPORT pid_t wait3(int *status, int options, struct rusage *usage) {
  AWAITING(pid_t, options, ORIGINAL(wait3)(status, options, usage))
}

STRAGGLER_EXPORT pid_t wait4(pid_t process, int *status, int options, struct rusage *usage) {
  AWAITING(pid_t, options, ORIGINAL(wait4)(process, status, options, usage))
}

STRAGGLER_EXPORT int system(const char *command) {
  AWAITING(int, 0, ORIGINAL(system)(command))
}

STRAGGLER_UNINSTRUMENTED_END
