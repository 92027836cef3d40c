// A program that uses a library with a static pool, and returns or exits.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void use_pool(void);

static void say_goodbye(void) { puts("goodbye"); }

int main(int count, char **arguments) {
  atexit(say_goodbye);
  use_pool();
  if (count > 1 && strcmp(arguments[1], "exit") == 0) exit(6);
  return 6;
}
