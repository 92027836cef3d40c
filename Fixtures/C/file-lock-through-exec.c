// A program locks a file and becomes another one, as setlock(8) and flock(1) do: the lock goes on with the descriptor, or is given back
// where exec closes that. Neither is left behind.
// BUILD: cc -g %s -o %t
// RUN: --fail-on note
// CLEAN:
// NO-FINDING: held-at-exit
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(void) {
  int kept = open("kept", O_CREAT | O_RDWR, 0600), closed = open("closed", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (flock(kept, LOCK_EX) != 0 || flock(closed, LOCK_EX) != 0) abort();
  int record = open("record", O_CREAT | O_RDWR, 0600);
  if (fcntl(record, F_SETLK, &all) != 0) abort();
  execl("/bin/true", "true", (char *)NULL);
  return 1;
}
