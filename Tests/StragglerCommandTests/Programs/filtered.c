// Refuses system calls to itself and to the program that it then becomes, as a container's seccomp filter does.
//
// Arguments: EPERM or ENOSYS, the refused calls' names joined by commas, the program and its arguments.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
  const char *name;
  int number;
} calls[] = {
  {"memfd_create", SYS_memfd_create}, {"process_vm_readv", SYS_process_vm_readv}, {"ptrace", SYS_ptrace},
  {"pidfd_open", SYS_pidfd_open}, {"timer_create", SYS_timer_create}, {"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo},
  {"sendmsg", SYS_sendmsg}, {"signalfd4", SYS_signalfd4}, {"madvise", SYS_madvise}, {"socket", SYS_socket},
  {"connect", SYS_connect},
};

static struct sock_filter filter[2 + 2 * sizeof calls / sizeof *calls];
static unsigned short length;

static void add(unsigned short code, unsigned value, unsigned char yes, unsigned char no) {
  filter[length++] = (struct sock_filter){code, yes, no, value};
}

static int refuse(const char *name, unsigned error) {
  for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
    if (strcmp(calls[index].name, name) != 0) continue;
    add(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[index].number, 0, 1);
    add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error, 0, 0);
    return 0;
  }
  return fprintf(stderr, "unknown call %s\n", name);
}

int main(int argc, char **argv) {
  if (argc < 4) return 99;
  unsigned error = strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS;
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
  for (char *name = strtok(argv[2], ","); name != NULL; name = strtok(NULL, ",")) {
    if (refuse(name, error) != 0) return 99;
  }
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  struct sock_fprog program = {length, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("no filter");
    return 98;
  }
  execv(argv[3], argv + 3);
  return 97;
}
