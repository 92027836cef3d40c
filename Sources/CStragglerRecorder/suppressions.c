// The suppressions that a program brings along, as the sanitizers have it.
#include <errno.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The program's, where it has one. A preloaded recorder finds it only if the program exports it.
extern const char *straggler_default_suppressions(void) __attribute__((weak, visibility("default")));

static const char *text;

void straggler_suppressions_ask(void) {
  if (straggler_default_suppressions == NULL || !straggler_guard.recording) return;
  int saved = errno;
  text = straggler_default_suppressions();
  errno = saved;
  straggler_suppressions_write();
}

void straggler_suppressions_write(void) {
  if (text == NULL) return;
  bool is_cut = straggler_copy_string(straggler_arena->suppressions, text, sizeof straggler_arena->suppressions);
  if (is_cut) __atomic_fetch_or(&straggler_arena->flags, STRAGGLER_ARENA_SUPPRESSIONS_CUT, __ATOMIC_RELAXED);
}

STRAGGLER_UNINSTRUMENTED_END
