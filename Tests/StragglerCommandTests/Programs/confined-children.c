// Children without a record confine themselves, by a filter that ends them for what a recorder would ask: who is calling. Prints
// how each ended. They are made by vfork, and by a raw system call.
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static struct sock_filter filter[] = {
  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
  KILL(SYS_getpid), KILL(SYS_gettid),
  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

static void confine(void) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(98);
}

static void tell(const char *how, pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  printf("%s %s %d\n", how, WIFEXITED(status) ? "ended" : "killed", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  fflush(stdout);
}

int main(void) {
  pid_t child = vfork();
  if (child == 0) {
    confine();
    _exit(3);
  }
  tell("vfork", child);
  child = vfork();
  if (child == 0) {
    confine();
    execl("/bin/false", "false", NULL);
    _exit(97);
  }
  tell("vfork and exec", child);
  child = (pid_t)syscall(SYS_fork);
  if (child == 0) {
    confine();
    _exit(5);
  }
  tell("raw fork", child);
  child = (pid_t)syscall(SYS_fork);
  if (child == 0) {
    confine();
    execl("/bin/false", "false", NULL);
    _exit(97);
  }
  tell("raw fork and exec", child);
  return 0;
}
