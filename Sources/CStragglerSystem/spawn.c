// Starting a program as if this process were not there, and hearing what becomes of it.
#define _GNU_SOURCE
#include "CStragglerSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// posix_spawn(3) can set dispositions to the default only; an ignored SIGCHLD must reach the program ignored.
int straggler_system_spawn(const char *path, char *const *arguments, char *const *environment,
                           const struct straggler_system_inherited *inherited, pid_t *process) {
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) return errno;
  pid_t child = fork();
  if (child == 0) {
    int error = straggler_system_inherited_restore(inherited);
    if (error == 0) error = straggler_system_memory_restore();
    if (error == 0) {
      execve(path, arguments, environment);
      error = errno;
    }
    ssize_t told = write(failure[1], &error, sizeof error);
    _exit(told == sizeof error ? 127 : 126);
  }
  int error = child < 0 ? errno : 0;
  close(failure[1]);
  if (child > 0) {
    int told = 0;
    ssize_t length;
    do length = read(failure[0], &told, sizeof told);
    while (length < 0 && errno == EINTR);
    if (length == sizeof told) {
      error = told;
      waitpid(child, NULL, 0);
    }
  }
  close(failure[0]);
  if (child > 0) *process = child;
  return error;
}

int straggler_system_next_change(pid_t process, struct straggler_system_change *change) {
  siginfo_t info = {.si_pid = 0};
  change->kind = STRAGGLER_SYSTEM_UNCHANGED;
  change->value = 0;
  // A stop and a continuation are taken, an end is left for who reaps. Only what was taken was told: another may follow at once.
  // ECHILD: the process has ended, and is nobody's to stop.
  if (waitid(P_PID, (id_t)process, &info, WSTOPPED | WCONTINUED | WNOHANG) != 0 && errno != ECHILD) return errno;
  if (info.si_pid == 0 && waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno;
  if (info.si_pid == 0) return 0;
  change->value = info.si_status;
  switch (info.si_code) {
    case CLD_EXITED: change->kind = STRAGGLER_SYSTEM_EXITED; break;
    case CLD_KILLED:
    case CLD_DUMPED: change->kind = STRAGGLER_SYSTEM_SIGNALED; break;
    case CLD_STOPPED:
    case CLD_TRAPPED: change->kind = STRAGGLER_SYSTEM_STOPPED; break;
    case CLD_CONTINUED: change->kind = STRAGGLER_SYSTEM_CONTINUED; break;
  }
  return 0;
}

int straggler_system_reap(pid_t process) {
  int result;
  do result = waitpid(process, NULL, 0);
  while (result < 0 && errno == EINTR);
  return result < 0 ? errno : 0;
}

int straggler_system_process_descriptor(pid_t process, int *descriptor) {
  // glibc has pidfd_open since 2.36 only.
  long opened = syscall(SYS_pidfd_open, process, 0);
  *descriptor = (int)opened;
  return opened < 0 ? errno : 0;
}
