// A thread forbids itself every system call but its end, by an instruction of its own, which nobody sees; then it ends itself through
// libc's syscall. The recorder must not ask the kernel for anything on the way.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void forbid_everything_else(void) {
  struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) abort();
  long result;
  register const struct sock_fprog *third __asm__("rdx") = &program;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(SYS_prctl), "D"((long)PR_SET_SECCOMP), "S"((long)SECCOMP_MODE_FILTER), "r"(third)
                   : "rcx", "r11", "memory");
  if (result != 0) abort();
}

static void *leave(void *unused) {
  forbid_everything_else();
  syscall(SYS_exit, 0);
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, leave, NULL) != 0) return 1;
  return pthread_join(thread, NULL);
}
