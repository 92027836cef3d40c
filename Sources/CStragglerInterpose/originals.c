// Finds the original of every interposed function: once, before its first use.
#define _GNU_SOURCE
#include "originals.h"

#include <dlfcn.h>

STRAGGLER_UNINSTRUMENTED_BEGIN

StragglerOriginals straggler_originals;
uint32_t straggler_originals_found;

// A program built with a sanitizer has that tool's interceptors as weak definitions under the same names; ours, linked into
// the same program, override them, and the tool would go blind. Its own entry points are these.
#define STRAGGLER_INTERCEPTOR(result, name, parameters, version) \
  extern result __interceptor_##name parameters __attribute__((weak, visibility("default")));
STRAGGLER_INTERPOSED(STRAGGLER_INTERCEPTOR)

static void *find(const char *name, const char *version) {
  void *original = version != NULL ? dlvsym(RTLD_NEXT, name, version) : NULL;
  return original != NULL ? original : dlsym(RTLD_NEXT, name);
}

void straggler_find_originals(void) {
#define STRAGGLER_FIND(result, name, parameters, version)                        \
  {                                                                              \
    void *original = (void *)__interceptor_##name;                               \
    if (original == NULL) original = find(#name, version);                       \
    __atomic_store_n((void **)&straggler_originals.name, original, __ATOMIC_RELEASE); \
  }
  STRAGGLER_INTERPOSED(STRAGGLER_FIND)
  __atomic_store_n(&straggler_originals_found, 1, __ATOMIC_RELEASE);
}

STRAGGLER_UNINSTRUMENTED_END
