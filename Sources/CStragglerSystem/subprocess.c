// GNU extensions for starting a program in a session of its own, under names that Swift can import.
#define _GNU_SOURCE
#include "CStragglerSubprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CStragglerSystem.h"

int straggler_pipe_open(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

int straggler_process_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

struct session {
  const char *path, *folder;
  char *const *arguments, *const *environment;
  int output, error_output;
};

/// Runs in a child that shares this process's memory: only what is async-signal-safe. Returns an errno value.
static int become(const struct session *session) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigemptyset(&action.sa_mask);
  // Those that are libc's own can't be set, and are not ignored.
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &action, NULL);
  if (setsid() < 0 || chdir(session->folder) != 0) return errno;
  // This process may have been started without descriptors 0 to 2: then the ends of the pipes may be these.
  int output = fcntl(session->output, F_DUPFD_CLOEXEC, 3), error_output = fcntl(session->error_output, F_DUPFD_CLOEXEC, 3);
  close(0);
  if (output < 0 || error_output < 0 || open("/dev/null", O_RDONLY) != 0) return errno;
  if (dup2(output, 1) < 0 || dup2(error_output, 2) < 0) return errno;
  int error = straggler_system_memory_restore();
  if (error != 0) return error;
  sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
  execve(session->path, session->arguments, session->environment);
  return errno;
}

// posix_spawn(3) sets no limits.
int straggler_session_spawn(
  pid_t *process, const char *path, char *const arguments[], char *const environment[], const char *folder,
  int output, int error_output) {
  const struct session session = {path, folder, arguments, environment, output, error_output};
  volatile int error = 0;
  sigset_t all, mask;
  // The child has this process's handlers until it has taken them away, and its memory until it is another program.
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  pid_t child = vfork();
  if (child == 0) {
    error = become(&session);
    _exit(127);
  }
  if (child < 0) error = errno;
  else if (error != 0) waitpid(child, NULL, 0);
  else *process = child;
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  return error;
}
