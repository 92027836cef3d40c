// What this process was started with: noted, changed for its own needs, given on to the program as it was.
#include "CStragglerSystem.h"

#include <errno.h>

int straggler_system_inherited_read(struct straggler_system_inherited *inherited) {
  struct sigaction action;
  if (sigprocmask(SIG_SETMASK, NULL, &inherited->mask) != 0) return errno;
  if (sigaction(SIGCHLD, NULL, &action) != 0) return errno;
  inherited->child_signal_ignored = action.sa_handler == SIG_IGN;
  if (getrlimit(RLIMIT_NOFILE, &inherited->open_files) != 0) return errno;
  return 0;
}

static int set_child_signal(int ignored) {
  struct sigaction action = {.sa_handler = ignored ? SIG_IGN : SIG_DFL};
  sigemptyset(&action.sa_mask);
  return sigaction(SIGCHLD, &action, NULL) == 0 ? 0 : errno;
}

int straggler_system_inherited_change(const struct straggler_system_inherited *inherited) {
  // Faults stay as they are: a blocked one would end this process without a word.
  static const int unblocked[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
  sigset_t mask;
  sigfillset(&mask);
  for (size_t i = 0; i < sizeof unblocked / sizeof *unblocked; i++) sigdelset(&mask, unblocked[i]);
  if (sigprocmask(SIG_SETMASK, &mask, NULL) != 0) return errno;
  int error = set_child_signal(0);
  if (error != 0) return error;
  struct rlimit raised = {.rlim_cur = inherited->open_files.rlim_max, .rlim_max = inherited->open_files.rlim_max};
  return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? 0 : errno;
}

int straggler_system_inherited_restore(const struct straggler_system_inherited *inherited) {
  if (setrlimit(RLIMIT_NOFILE, &inherited->open_files) != 0) return errno;
  int error = set_child_signal(inherited->child_signal_ignored);
  if (error != 0) return error;
  return sigprocmask(SIG_SETMASK, &inherited->mask, NULL) == 0 ? 0 : errno;
}
