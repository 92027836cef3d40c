// Prints its open descriptors, its blocked and ignored signals and its limit of open files; then returns 0.
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

int main(void) {
  DIR *folder = opendir("/proc/self/fd");
  struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    int number = atoi(entry->d_name);
    if (entry->d_name[0] != '.' && number != dirfd(folder)) printf("open %d\n", number);
  }
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, NULL, &blocked);
  for (int number = 1; number < 32; number++) {
    struct sigaction action;
    if (sigismember(&blocked, number) == 1) printf("blocked %d\n", number);
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) printf("ignored %d\n", number);
  }
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  printf("limit %lu\n", (unsigned long)limit.rlim_cur);
  return 0;
}
