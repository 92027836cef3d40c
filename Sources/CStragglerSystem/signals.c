// Signals read from a descriptor, and stopping as the program stopped.
#include "CStragglerSystem.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

int straggler_system_signal_descriptor(int *descriptor) {
  // Only blocked signals ever come through a signalfd: all of them are asked for, the mask decides.
  sigset_t all;
  sigfillset(&all);
  *descriptor = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
  return *descriptor < 0 ? errno : 0;
}

int straggler_system_next_signal(int descriptor, struct straggler_system_signal *received) {
  struct signalfd_siginfo info;
  ssize_t length = read(descriptor, &info, sizeof info);
  if (length < 0) return errno;
  if (length != sizeof info) return EAGAIN;
  received->number = (int)info.ssi_signo;
  received->code = info.ssi_code;
  received->sender = (pid_t)info.ssi_pid;
  return 0;
}

int straggler_system_stop_self(int signal) {
  sigset_t only, before;
  struct sigaction action = {.sa_handler = SIG_DFL}, previous;
  sigemptyset(&only);
  sigaddset(&only, signal);
  if (signal != SIGSTOP && sigaction(signal, &action, &previous) != 0) return errno;
  if (sigprocmask(SIG_BLOCK, &only, &before) != 0) return errno;
  int error = kill(getpid(), signal) == 0 ? 0 : errno;
  // The process stops inside this call, once: the terminal's own signal may come only now, and falls together with this one
  // as long as it waits. One after the other, the second would stop a job that was just brought back.
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (signal != SIGSTOP) sigaction(signal, &previous, NULL);
  return error;
}
