// fork and vfork: a child must not write into its parent's arena.
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The forking thread's holds go with it into the child: copied before the fork, for afterwards the parent goes on. The child
/// itself is begun by a handler that libc runs in it, whoever forks (daemon and forkpty do it inside libc).
static pid_t fork_with_copy(const StragglerThread *self) {
  StragglerThread copy = *self;
  straggler_forking = &copy;
  pid_t child = ORIGINAL(fork)();
  straggler_forking = NULL;
  return child;
}

STRAGGLER_EXPORT pid_t fork(void) {
  StragglerThread *self = straggler_self();
  uint64_t here = (uint64_t)__builtin_frame_address(0);
  // On a signal's stack or a coroutine's it is not known how much is left.
  bool has_room = self != NULL && here < self->stack_high && here > self->stack_low + 8 * sizeof *self;
  return has_room ? fork_with_copy(self) : ORIGINAL(fork)();
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
  straggler_current = before;
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

STRAGGLER_UNINSTRUMENTED_END
