// GNU extensions for starting a program in a session of its own, under names that Swift can import.
#define _GNU_SOURCE
#include "CStragglerSubprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

int straggler_pipe_open(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

int straggler_process_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

static int set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int failure = posix_spawnattr_setsigmask(attributes, &none);
  if (!failure) failure = posix_spawnattr_setsigdefault(attributes, &all);
  short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  return failure ? failure : posix_spawnattr_setflags(attributes, flags);
}

static int add_actions(posix_spawn_file_actions_t *actions, const char *folder, int output, int error_output) {
  int failure = posix_spawn_file_actions_addchdir_np(actions, folder);
  if (!failure) failure = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  if (!failure) failure = posix_spawn_file_actions_adddup2(actions, output, 1);
  return failure ? failure : posix_spawn_file_actions_adddup2(actions, error_output, 2);
}

int straggler_session_spawn(
  pid_t *process, const char *path, char *const arguments[], char *const environment[], const char *folder,
  int output, int error_output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure) return failure;
  failure = posix_spawnattr_init(&attributes);
  if (!failure) {
    failure = set_attributes(&attributes);
    if (!failure) failure = add_actions(&actions, folder, output, error_output);
    if (!failure) failure = posix_spawn(process, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}
