// System calls that Swift cannot make itself: variadic ones, macros, and what runs between fork and exec.
//
// Every function returns 0 (or what it says) on success and an errno value on failure; none touches the global errno's
// meaning for its caller or allocates; but for the limits of memory none keeps state. Linux, x86-64.
#ifndef CSTRAGGLER_SYSTEM_H
#define CSTRAGGLER_SYSTEM_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "CStragglerSubprocess.h"
#include "StragglerArena.h"

// MARK: - What tells an arena from other files

// Swift imports constants, but no macro that uses UINT64_C.
static const uint64_t straggler_system_arena_magic = STRAGGLER_ARENA_MAGIC;
static const uint32_t straggler_system_arena_version = STRAGGLER_ARENA_VERSION;

// MARK: - What this process was started with (inherited.c)

/// What a program gets from whoever started it, and what this process changes for itself: to be given on unchanged.
struct straggler_system_inherited {
  sigset_t mask;
  struct rlimit open_files;
  int child_signal_ignored;  // SIGCHLD came ignored
};

/// Notes what this process was started with. To be called before anything is changed.
int straggler_system_inherited_read(struct straggler_system_inherited *inherited);

/// Blocks every signal that is to be read from a descriptor, gives SIGCHLD its default disposition (ignored, it would
/// reap children before they are waited for) and raises the soft limit of open files to the hard one.
int straggler_system_inherited_change(const struct straggler_system_inherited *inherited);

/// Takes back what `straggler_system_inherited_change` changed in this process.
int straggler_system_inherited_restore(const struct straggler_system_inherited *inherited);

// MARK: - Limits of memory (memory.c)

/// Notes the limits of address space and of data that this process was started with, and raises its own soft ones to the hard
/// ones. To be called once, before there is another thread.
int straggler_system_memory_raise(void);

/// Gives the calling process the limits that were noted, if any were: for the child that becomes another program.
/// Async-signal-safe.
int straggler_system_memory_restore(void);

// MARK: - A stack of a chosen size (stack.c)

/// Calls `body` on a thread with a stack of so many bytes, and waits for it; threads that it makes get as much by default. Signals
/// meant for the process come to that thread, which has the caller's mask. On failure `body` was not called.
int straggler_system_run_on_stack(size_t bytes, void (*body)(void *), void *argument);

// MARK: - Starting and waiting (spawn.c)

/// Starts a program in this process group, with `inherited` in force again. The error is that of execve, where `process` is set to
/// the one that could not become it, or of making a process at all.
int straggler_system_spawn(const char *path, char *const *arguments, char *const *environment,
                           const struct straggler_system_inherited *inherited, pid_t *process);

enum straggler_system_change_kind {
  STRAGGLER_SYSTEM_UNCHANGED = 0,
  STRAGGLER_SYSTEM_EXITED = 1,     // value: the status
  STRAGGLER_SYSTEM_SIGNALED = 2,   // value: the signal
  STRAGGLER_SYSTEM_STOPPED = 3,    // value: the signal
  STRAGGLER_SYSTEM_CONTINUED = 4,
};

struct straggler_system_change {
  int kind;
  int value;
};

/// The next change of state of a child, without waiting for one. One that has ended stays to be reaped, so that it can
/// still be asked for its name.
int straggler_system_next_change(pid_t process, struct straggler_system_change *change);

/// Lets go of a child that has ended.
int straggler_system_reap(pid_t process);

/// A descriptor that becomes readable when the process has ended; close-on-exec. -1 and an error if it is gone.
int straggler_system_process_descriptor(pid_t process, int *descriptor);

// MARK: - Signals (signals.c)

struct straggler_system_signal {
  int number;
  int code;      // si_code, sigaction(2)
  pid_t sender;  // 0 where it has none
};

/// A non-blocking, close-on-exec descriptor for all signals that `straggler_system_inherited_change` blocks.
int straggler_system_signal_descriptor(int *descriptor);

/// Reads one signal: EAGAIN where there is none.
int straggler_system_next_signal(int descriptor, struct straggler_system_signal *received);

/// Stops the whole calling process by `signal` (SIGTSTP, SIGTTIN, SIGTTOU or SIGSTOP), as if it had been its own, and
/// returns once it was continued.
int straggler_system_stop_self(int signal);

// MARK: - Descriptors over a socket (receive.c)

/// The next connection that waits, non-blocking and close-on-exec. EAGAIN: none waits.
int straggler_system_accept(int listener, int *connection);

/// Reads one message of exactly `length` bytes with at most one descriptor (close-on-exec; -1 where none came) and the
/// process that connected. EAGAIN: nothing there yet. EPROTO: closed, cut off or not of that length.
int straggler_system_receive(int socket, void *bytes, size_t length, int *descriptor, pid_t *sender);

/// The process that connected; 0 where that can't be told.
pid_t straggler_system_peer(int socket);

// MARK: - Files

/// Whether the kernel would give a process more rights for this file: it has capabilities(7) of its own.
int straggler_system_has_capabilities(int descriptor);

// MARK: - Another process's threads and memory (trace.c)

/// Asks the kernel to stop a thread: ptrace(2), PTRACE_SEIZE and PTRACE_INTERRUPT. Returns before it stands.
int straggler_system_thread_interrupt(pid_t thread);

/// Whether a thread that was interrupted stands: 0 if it does, EAGAIN if it does not yet, ESRCH if it ended.
int straggler_system_thread_stopped(pid_t thread);

/// The registers of a standing thread, by DWARF number (StragglerArena.h, StragglerRegister): `count` is 17.
int straggler_system_thread_registers(pid_t thread, uint64_t *registers, size_t count);

/// Lets a stopped thread go on, and traces it no longer. Fails with ESRCH where it does not stand:
/// one that is ending has to be reaped.
int straggler_system_thread_detach(pid_t thread);

/// Takes the end of a thread that was interrupted and then killed: 0 once it is gone, EAGAIN while it is not.
int straggler_system_thread_reap(pid_t thread);

/// Copies memory of another process. `copied` may be less than `length`: what could be read up to the first hole.
int straggler_system_memory_read(pid_t process, uint64_t address, void *bytes, size_t length, size_t *copied);

#endif
