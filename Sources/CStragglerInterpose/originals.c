// Finds the original of every interposed function: once, before its first use.
#define _GNU_SOURCE
#include "originals.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

STRAGGLER_UNINSTRUMENTED_BEGIN

StragglerOriginals straggler_originals;
uint32_t straggler_originals_found;

// A program built with a sanitizer has that tool's interceptors as weak definitions under the same names; ours, linked into
// the same program, override them, and the tool would go blind. Its own entry points are these. In a preloaded library they
// must not be used: there the tool's definitions come first, and call us as what they take for libc.
#define STRAGGLER_INTERCEPTOR(result, name, parameters, version) \
  extern result __interceptor_##name parameters __attribute__((weak, visibility("default")));
STRAGGLER_INTERPOSED(STRAGGLER_INTERCEPTOR)

extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));  // the linker's: of the file that this is in

/// Whether this is linked into the executable, whose program headers the kernel tells (getauxval(3)).
static bool is_in_executable(void) {
  return (uintptr_t)&__ehdr_start + __ehdr_start.e_phoff == getauxval(AT_PHDR);
}

#pragma weak dlvsym  // musl has none (StragglerPreload)

static void *find(const char *name, const char *version) {
  void *original = version != NULL && dlvsym != NULL ? dlvsym(RTLD_NEXT, name, version) : NULL;
  return original != NULL ? original : dlsym(RTLD_NEXT, name);
}

void straggler_find_originals(void) {
  bool linked = is_in_executable();
#define STRAGGLER_FIND(result, name, parameters, version)                        \
  {                                                                              \
    void *original = linked ? (void *)__interceptor_##name : NULL;               \
    if (original == NULL) original = find(#name, version);                       \
    __atomic_store_n((void **)&straggler_originals.name, original, __ATOMIC_RELEASE); \
  }
  STRAGGLER_INTERPOSED(STRAGGLER_FIND)
  __atomic_store_n(&straggler_originals_found, 1, __ATOMIC_RELEASE);
}

STRAGGLER_UNINSTRUMENTED_END
