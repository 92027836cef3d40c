// Says "ready" once it waits, and each signal that it gets; SIGTERM is not caught. `count` ends it after as many.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : -1;
  sigset_t waited;
  sigemptyset(&waited);
  sigaddset(&waited, SIGUSR1);
  sigaddset(&waited, SIGUSR2);
  sigaddset(&waited, SIGINT);
  sigprocmask(SIG_BLOCK, &waited, NULL);
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  while (count-- != 0) {
    int number = 0;
    if (sigwait(&waited, &number) != 0) return 1;
    printf("signal %d\n", number);
  }
  return 0;
}
