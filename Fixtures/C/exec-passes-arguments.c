// Each way to exec hands over the arguments and the environment as they were given, and a process of one thread leaves nothing.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// OUTPUT: execl one two
// OUTPUT: execlp one two
// OUTPUT: execle one two
// OUTPUT: fexecve one two
// OUTPUT: execvpe one two
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;
static char *listed(const char *way) {
  static char script[64];
  strcpy(script, "echo $WAY $0 $1; exec \"$PROGRAM\" ");
  return strcat(script, way);
}

int main(int count, char **arguments) {
  setenv("PROGRAM", arguments[0], 1);
  const char *step = count > 1 ? arguments[1] : "1";
  if (strcmp(step, "1") == 0) {
    setenv("WAY", "execl", 1);
    execl("/bin/sh", "sh", "-c", listed("2"), "one", "two", (char *)NULL);
  } else if (strcmp(step, "2") == 0) {
    setenv("WAY", "execlp", 1);
    execlp("sh", "sh", "-c", listed("3"), "one", "two", (char *)NULL);
  } else if (strcmp(step, "3") == 0) {
    setenv("WAY", "execle", 1);
    execle("/bin/sh", "sh", "-c", listed("4"), "one", "two", (char *)NULL, environ);
  } else if (strcmp(step, "4") == 0) {
    setenv("WAY", "fexecve", 1);
    char *list[] = {"sh", "-c", listed("5"), "one", "two", NULL};
    fexecve(open("/bin/sh", O_RDONLY), list, environ);
  } else if (strcmp(step, "5") == 0) {
    setenv("WAY", "execvpe", 1);
    char *list[] = {"sh", "-c", "echo $WAY $0 $1", "one", "two", NULL};
    execvpe("sh", list, environ);
  }
  return 1;
}
