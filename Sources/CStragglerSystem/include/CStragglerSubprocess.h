// What StragglerProcesses/Subprocess.swift needs and Swift's Glibc module does not show: GNU extensions.
#ifndef C_STRAGGLER_SUBPROCESS_H
#define C_STRAGGLER_SUBPROCESS_H

#include <sys/types.h>

/// A pipe whose ends no other program inherits. Returns 0 or an errno.
int straggler_pipe_open(int ends[2]);

/// Starts `path` in a session and a folder of its own, with nothing to read and these two descriptors to write to. No
/// signal is blocked or ignored in it, and its limits of memory are those that this process was started with. Returns 0 or an
/// errno; the folder's absence is ENOENT too.
int straggler_session_spawn(
  pid_t *process, const char *path, char *const arguments[], char *const environment[], const char *folder,
  int output, int error_output);

/// A descriptor that becomes readable when the process has ended (pidfd_open(2), Linux 5.3). Returns -1 and sets errno.
int straggler_process_open(pid_t process);

#endif
