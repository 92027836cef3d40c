// Starts a program with no descriptor open but the first three.
#define _GNU_SOURCE
#include <unistd.h>

int main(int count, char **arguments) {
  close_range(3, ~0u, 0);
  if (count > 1) execv(arguments[1], arguments + 1);
  return 96;
}
