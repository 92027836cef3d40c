// posix_openpt, openpty and their kin: pseudo-terminals, whose descriptors libc opens where nothing interposed sees it.
#define _GNU_SOURCE
#include <stdlib.h>

#include "descriptor.h"
#include "forking.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static int controlling(int descriptor, int flags, StragglerCaller caller) {
  return straggler_made(descriptor, (StragglerOpening){.path = "/dev/ptmx", .flags = flags}, caller);
}

STRAGGLER_EXPORT int posix_openpt(int flags) {
  return controlling(ORIGINAL(posix_openpt)(flags), flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int getpt(void) { return controlling(ORIGINAL(getpt)(), O_RDWR, STRAGGLER_CALLER()); }

STRAGGLER_EXPORT int openpty(
  int *controller, int *terminal, char *name, const struct termios *modes, const struct winsize *size
) {
  int result = ORIGINAL(openpty)(controller, terminal, name, modes, size);
  if (result != 0) return result;
  controlling(*controller, O_RDWR, STRAGGLER_CALLER());
  // Its name is asked for at the freeze.
  straggler_made_object(*terminal, STRAGGLER_ORIGIN_RECEIVED, O_RDWR, STRAGGLER_CALLER());
  return result;
}

static pid_t fork_on_terminal(
  int *controller, char *name, const struct termios *modes, const struct winsize *size
) {
  STRAGGLER_FORKING(ORIGINAL(forkpty)(controller, name, modes, size))
}

/// The child has the terminal as its standard streams, and no other descriptor of it.
STRAGGLER_EXPORT pid_t forkpty(int *controller, char *name, const struct termios *modes, const struct winsize *size) {
  pid_t child = fork_on_terminal(controller, name, modes, size);
  if (child > 0) controlling(*controller, O_RDWR, STRAGGLER_CALLER());
  return child;
}

STRAGGLER_UNINSTRUMENTED_END
