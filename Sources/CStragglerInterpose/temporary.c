// mkstemp and its kin, tmpfile, memory that has a descriptor.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "descriptor.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The template is a path once the call has filled it in (mkstemp(3)).
static int named(int descriptor, const char *template, int flags, StragglerCaller caller) {
  StragglerOpening how = {.path = template, .flags = flags | O_RDWR | O_CREAT | O_EXCL};
  return straggler_made(descriptor, how, caller);
}

STRAGGLER_EXPORT int mkstemp(char *template) {
  return named(ORIGINAL(mkstemp)(template), template, 0, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkstemp64(char *template) {
  return named(ORIGINAL(mkstemp64)(template), template, 0, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkostemp(char *template, int flags) {
  return named(ORIGINAL(mkostemp)(template, flags), template, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkostemp64(char *template, int flags) {
  return named(ORIGINAL(mkostemp64)(template, flags), template, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkstemps(char *template, int suffix) {
  return named(ORIGINAL(mkstemps)(template, suffix), template, 0, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkstemps64(char *template, int suffix) {
  return named(ORIGINAL(mkstemps64)(template, suffix), template, 0, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkostemps(char *template, int suffix, int flags) {
  return named(ORIGINAL(mkostemps)(template, suffix, flags), template, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mkostemps64(char *template, int suffix, int flags) {
  return named(ORIGINAL(mkostemps64)(template, suffix, flags), template, flags, STRAGGLER_CALLER());
}

static FILE *nameless(FILE *stream, StragglerCaller caller) {
  if (stream == NULL) return NULL;
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_TEMPORARY, .flags = O_RDWR, .stream = stream};
  straggler_made(straggler_stream_descriptor(stream), how, caller);
  return stream;
}

STRAGGLER_EXPORT FILE *tmpfile(void) { return nameless(ORIGINAL(tmpfile)(), STRAGGLER_CALLER()); }

STRAGGLER_EXPORT FILE *tmpfile64(void) { return nameless(ORIGINAL(tmpfile64)(), STRAGGLER_CALLER()); }

STRAGGLER_EXPORT int memfd_create(const char *name, unsigned flags) {
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_MEMORY, .path = name, .flags = O_RDWR};
  return straggler_made(ORIGINAL(memfd_create)(name, flags), how, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int shm_open(const char *name, int flags, mode_t mode) {
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_MEMORY, .path = name, .flags = flags};
  return straggler_made(ORIGINAL(shm_open)(name, flags, mode), how, STRAGGLER_CALLER());
}

STRAGGLER_UNINSTRUMENTED_END
