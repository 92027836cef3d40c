// Facts of files that Swift's C library module does not show.
#include "CStragglerSystem.h"

#include <sys/xattr.h>

int straggler_system_has_capabilities(int descriptor) {
  return fgetxattr(descriptor, "security.capability", NULL, 0) > 0;
}
