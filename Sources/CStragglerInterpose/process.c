// fork and its kin: a child must not write into its parent's arena.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <unistd.h>

#include "forking.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

STRAGGLER_EXPORT pid_t fork(void) { STRAGGLER_FORKING(ORIGINAL(fork)()) }

/// Runs none of the handlers that libc runs in the child of every other fork.
STRAGGLER_EXPORT pid_t _Fork(void) { STRAGGLER_FORKING(ORIGINAL(_Fork)()) }

/// Forks inside libc; the caller goes on in the child.
STRAGGLER_EXPORT int daemon(int keeps_folder, int keeps_streams) {
  STRAGGLER_FORKING(ORIGINAL(daemon)(keeps_folder, keeps_streams))
}

// A vfork child runs in its parent's memory, on the calling thread's stack and with its thread-local storage, while that
// thread is suspended (vfork(2)). So the mark that nothing of it is to be recorded is the thread's own: set before, taken
// back in the parent. The function returns twice: like libc's own it keeps its return address in a register.
__attribute__((visibility("hidden"), used)) StragglerThread *straggler_vfork_begin(void) {
  straggler_self();  // a thread that has no slot yet gets it here: the mark would keep it from ever having one
  StragglerThread *before = straggler_current;
  straggler_current = STRAGGLER_PUT_ASIDE;
  return before;
}

__attribute__((visibility("hidden"), used)) long straggler_vfork_end(StragglerThread *before, long result) {
  bool executed = straggler_current == STRAGGLER_EXECUTED;
  straggler_current = before;
  if (result > 0 && executed) straggler_child_spawned((pid_t)result);
  if (result >= 0) return result;
  errno = (int)-result;
  return -1;
}

__asm__(
  ".text\n"
  ".globl vfork\n"
  ".type vfork, @function\n"
  "vfork:\n"
  ".cfi_startproc\n"
  "  sub $8, %rsp\n"
  ".cfi_adjust_cfa_offset 8\n"
  "  call straggler_vfork_begin\n"
  "  add $8, %rsp\n"
  ".cfi_adjust_cfa_offset -8\n"
  "  pop %rdx\n"
  ".cfi_adjust_cfa_offset -8\n"
  ".cfi_register %rip, %rdx\n"
  "  mov %rax, %rsi\n"
  "  mov $58, %eax\n"  // SYS_vfork; rsi and rdx survive a system call
  "  syscall\n"
  "  push %rdx\n"
  ".cfi_adjust_cfa_offset 8\n"
  ".cfi_offset %rip, -8\n"
  "  test %rax, %rax\n"
  "  jz 1f\n"
  "  mov %rsi, %rdi\n"
  "  mov %rax, %rsi\n"
  "  sub $8, %rsp\n"
  ".cfi_adjust_cfa_offset 8\n"
  "  call straggler_vfork_end\n"
  "  add $8, %rsp\n"
  ".cfi_adjust_cfa_offset -8\n"
  "1: ret\n"
  ".cfi_endproc\n"
  ".size vfork, . - vfork\n");

// MARK: - clone

/// What clone is given.
typedef struct Cloning {
  int (*run)(void *);
  void *stack;
  int flags;
  void *argument;
  pid_t *parent_id;
  void *storage;
  pid_t *child_id;
} Cloning;

static int make_clone(Cloning asked) {
  return ORIGINAL(clone)(
    asked.run, asked.stack, asked.flags, asked.argument, asked.parent_id, asked.storage, asked.child_id);
}

/// As with vfork, the calling thread is suspended until the child is another program or has ended.
static int clone_suspended(Cloning asked) {
  StragglerThread *before = straggler_vfork_begin();
  int child = make_clone(asked);
  bool executed = straggler_current == STRAGGLER_EXECUTED;
  straggler_current = before;
  if (child > 0 && executed) straggler_child_spawned(child);
  if (child > 0 && !executed) straggler_child_unrecorded(1);
  return child;
}

/// A child that goes on in this memory, at the same time as the calling thread.
static int clone_beside(StragglerThread *self, Cloning asked) {
  bool is_process = !(asked.flags & CLONE_THREAD);
  StragglerThread *before = straggler_current;
  if (!(asked.flags & CLONE_SETTLS)) straggler_begin_sharing(self);
  if (is_process) straggler_child_unrecorded(1);
  int child = make_clone(asked);
  if (child >= 0) return child;
  straggler_current = before;
  if (is_process) straggler_child_unrecorded(-1);
  return child;
}

/// A child that shares this memory is not recorded, and must not be taken for the thread whose thread-local storage it uses.
/// One that has memory of its own finds the guard cleared.
STRAGGLER_EXPORT int clone(int (*run)(void *), void *stack, int flags, void *argument, ...) {
  va_list list;
  va_start(list, argument);
  Cloning asked = {.run = run, .stack = stack, .flags = flags, .argument = argument};
  asked.parent_id = va_arg(list, pid_t *);
  asked.storage = va_arg(list, void *);
  asked.child_id = va_arg(list, pid_t *);
  va_end(list);
  StragglerThread *self = flags & CLONE_VM ? straggler_self() : NULL;
  if (self == NULL) return make_clone(asked);
  return flags & CLONE_VFORK ? clone_suspended(asked) : clone_beside(self, asked);
}

// MARK: - posix_spawn

/// A child of posix_spawn is another program when it returns.
static int spawned(int result, pid_t child, pid_t *told) {
  if (result != 0) return result;
  if (told != NULL) *told = child;
  if (straggler_self() != NULL) straggler_child_spawned(child);
  return 0;
}

STRAGGLER_EXPORT int posix_spawn(
  pid_t *told, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
  char *const arguments[], char *const environment[]
) {
  pid_t child = 0;
  return spawned(ORIGINAL(posix_spawn)(&child, path, actions, attributes, arguments, environment), child, told);
}

STRAGGLER_EXPORT int posix_spawnp(
  pid_t *told, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
  char *const arguments[], char *const environment[]
) {
  pid_t child = 0;
  return spawned(ORIGINAL(posix_spawnp)(&child, file, actions, attributes, arguments, environment), child, told);
}

STRAGGLER_UNINSTRUMENTED_END
