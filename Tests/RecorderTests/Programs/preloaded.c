// A library that was preloaded before: it says so when it is loaded and when it is unloaded.
#include <unistd.h>

__attribute__((constructor)) static void begin(void) {
  if (write(1, "loaded\n", 7) != 7) _exit(95);
}

__attribute__((destructor)) static void end(void) {
  if (write(1, "unloaded\n", 9) != 9) _exit(95);
}
