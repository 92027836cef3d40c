// The ways to install a seccomp filter: prctl(2) and, since libc has no function for it, syscall(SYS_seccomp, ...). By syscall a thread
// may also end past libc.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "originals.h"
#include "seccomp.h"
#include "straggler_confinement.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

__attribute__((visibility("hidden"))) long (*straggler_next_syscall)(long number, ...);

void straggler_seccomp_start(void) { straggler_next_syscall = ORIGINAL(syscall); }

static void note_name(const char *given) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return;
  // What the kernel keeps: 15 bytes of it.
  char name[16] = "";
  memcpy(name, given, strnlen(given, sizeof name - 1));
  straggler_thread_named(self, name);
}

STRAGGLER_EXPORT int prctl(int option, ...) {
  va_list list;
  va_start(list, option);
  unsigned long given[4];
  for (int index = 0; index < 4; index++) given[index] = va_arg(list, unsigned long);
  va_end(list);
  bool confined = option == PR_SET_SECCOMP && straggler_confine();
  int result = ORIGINAL(prctl)(option, given[0], given[1], given[2], given[3]);
  if (confined && result != 0) straggler_confinement_failed();
  if (option == PR_SET_NAME && result == 0) note_name((const char *)given[0]);
  return result;
}

/// Whether the call installs a filter is its own to find out: one that the kernel refuses costs no more than what is not
/// recorded from then on. libseccomp asks with no filter at all what the kernel can do. SYS_exit ends the calling thread alone.
__attribute__((visibility("hidden"), used)) void straggler_note_syscall(
  long number, unsigned long first, unsigned long second, unsigned long third
) {
  if (number == SYS_exit) straggler_thread_leaves();
  bool filters = number == SYS_seccomp && first == SECCOMP_SET_MODE_FILTER && third != 0;
  bool is_strict = number == SYS_seccomp && first == SECCOMP_SET_MODE_STRICT && third == 0;
  bool by_prctl = number == SYS_prctl && (second == SECCOMP_MODE_STRICT || (second == SECCOMP_MODE_FILTER && third != 0));
  if (filters || is_strict || by_prctl) straggler_confine();
}

__attribute__((visibility("hidden"), used)) long straggler_syscall_failed(long result) {
  errno = (int)-result;
  return -1;
}

// A call may return twice, or on another stack (vfork, clone): nothing of ours may lie on the stack when it is made, and so
// libc's is jumped to. Where that is not known yet, this does what libc's does (sysdeps/unix/sysv/linux/x86_64/syscall.S).
__asm__(
  ".text\n"
  ".globl syscall\n"
  ".type syscall, @function\n"
  "syscall:\n"
  ".cfi_startproc\n"
  "  cmp $60, %rdi\n"  // SYS_exit
  "  je 1f\n"
  "  cmp $317, %rdi\n"  // SYS_seccomp
  "  je 1f\n"
  "  cmp $157, %rdi\n"  // SYS_prctl
  "  jne 2f\n"
  "  cmp $22, %rsi\n"  // PR_SET_SECCOMP
  "  jne 2f\n"
  "1:\n"
  "  push %rdi\n"
  "  push %rsi\n"
  "  push %rdx\n"
  "  push %rcx\n"
  "  push %r8\n"
  "  push %r9\n"
  "  sub $8, %rsp\n"
  ".cfi_adjust_cfa_offset 56\n"
  "  call straggler_note_syscall\n"
  "  add $8, %rsp\n"
  "  pop %r9\n"
  "  pop %r8\n"
  "  pop %rcx\n"
  "  pop %rdx\n"
  "  pop %rsi\n"
  "  pop %rdi\n"
  ".cfi_adjust_cfa_offset -56\n"
  "2:\n"
  "  mov straggler_next_syscall(%rip), %r11\n"
  "  test %r11, %r11\n"
  "  jz 3f\n"
  "  xor %eax, %eax\n"  // no vector registers among the variadic arguments (System V psABI, 3.2.3)
  "  jmp *%r11\n"
  "3:\n"
  "  mov %rdi, %rax\n"
  "  mov %rsi, %rdi\n"
  "  mov %rdx, %rsi\n"
  "  mov %rcx, %rdx\n"
  "  mov %r8, %r10\n"
  "  mov %r9, %r8\n"
  "  mov 8(%rsp), %r9\n"
  "  syscall\n"
  "  cmp $-4095, %rax\n"
  "  jae 4f\n"
  "  ret\n"
  "4:\n"
  "  mov %rax, %rdi\n"
  "  jmp straggler_syscall_failed\n"
  ".cfi_endproc\n"
  ".size syscall, . - syscall\n");

STRAGGLER_UNINSTRUMENTED_END
