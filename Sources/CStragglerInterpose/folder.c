// opendir and its kin: libc opens and closes their descriptors inside, where nothing interposed sees it.
#define _GNU_SOURCE
#include <dirent.h>

#include "descriptor.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

STRAGGLER_EXPORT DIR *opendir(const char *path) {
  DIR *folder = ORIGINAL(opendir)(path);
  if (folder == NULL) return NULL;
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_FOLDER, .path = path, .flags = O_RDONLY | O_DIRECTORY};
  straggler_made(dirfd(folder), how, STRAGGLER_CALLER());
  return folder;
}

STRAGGLER_EXPORT int closedir(DIR *folder) {
  // dirfd would crash where closedir only fails; but the header says that nobody asks it, and the compiler believes it.
  uintptr_t address = (uintptr_t)folder;
  __asm__("" : "+r"(address));
  if (address != 0 && straggler_self() != NULL) straggler_file_closed(dirfd(folder));
  return ORIGINAL(closedir)(folder);
}

STRAGGLER_UNINSTRUMENTED_END
