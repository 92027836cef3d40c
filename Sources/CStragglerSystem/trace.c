// Stopping and reading another process from outside: ptrace(2), process_vm_readv(2).
#define _GNU_SOURCE
#include "CStragglerSystem.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

int straggler_system_thread_interrupt(pid_t thread) {
  if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0) return errno;
  return ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) == 0 ? 0 : errno;
}

int straggler_system_thread_stopped(pid_t thread) {
  int status = 0;
  pid_t changed = waitpid(thread, &status, __WALL | WNOHANG);
  if (changed < 0) return errno == ECHILD ? ESRCH : errno;
  if (changed == 0) return EAGAIN;
  return WIFSTOPPED(status) ? 0 : ESRCH;
}

int straggler_system_thread_registers(pid_t thread, uint64_t *registers, size_t count) {
  struct user_regs_struct found;
  if (ptrace(PTRACE_GETREGS, thread, NULL, &found) != 0) return errno;
  const uint64_t ordered[] = {found.rax, found.rdx, found.rcx, found.rbx, found.rsi, found.rdi,
                              found.rbp, found.rsp, found.r8,  found.r9,  found.r10, found.r11,
                              found.r12, found.r13, found.r14, found.r15, found.rip};
  if (count != sizeof ordered / sizeof *ordered) return EINVAL;
  for (size_t i = 0; i < count; i++) registers[i] = ordered[i];
  return 0;
}

int straggler_system_thread_detach(pid_t thread) { return ptrace(PTRACE_DETACH, thread, NULL, NULL) == 0 ? 0 : errno; }

int straggler_system_thread_reap(pid_t thread) {
  int status = 0;
  pid_t changed = waitpid(thread, &status, __WALL | WNOHANG);
  if (changed < 0) return errno == ECHILD ? 0 : errno;
  if (changed == 0) return EAGAIN;
  return WIFSTOPPED(status) ? EAGAIN : 0;
}

int straggler_system_memory_read(pid_t process, uint64_t address, void *bytes, size_t length, size_t *copied) {
  struct iovec here = {.iov_base = bytes, .iov_len = length};
  // One part for each page: the kernel copies whole parts up to the first that it cannot read.
  enum { PAGE = 4096, PARTS = 64 };
  struct iovec there[PARTS];
  size_t count = 0, described = 0;
  while (described < length && count < PARTS) {
    uint64_t from = address + described;
    size_t part = PAGE - (size_t)(from % PAGE);
    if (part > length - described) part = length - described;
    there[count++] = (struct iovec){.iov_base = (void *)(uintptr_t)from, .iov_len = part};
    described += part;
  }
  here.iov_len = described;
  ssize_t result = process_vm_readv(process, &here, 1, there, count, 0);
  *copied = result < 0 ? 0 : (size_t)result;
  return result < 0 ? errno : 0;
}
