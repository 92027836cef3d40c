// Limits of memory: they are meant for the program, and this process may need more.
#include <errno.h>

#include "CStragglerSystem.h"

enum { ADDRESS_SPACE, DATA, LIMITS };
static const int resources[LIMITS] = {[ADDRESS_SPACE] = RLIMIT_AS, [DATA] = RLIMIT_DATA};
static struct rlimit before[LIMITS];
static int raised;

int straggler_system_memory_raise(void) {
  for (int index = 0; index < LIMITS; index++) {
    if (getrlimit((__rlimit_resource_t)resources[index], &before[index]) != 0) return errno;
  }
  raised = 1;
  for (int index = 0; index < LIMITS; index++) {
    if (before[index].rlim_cur == before[index].rlim_max) continue;
    struct rlimit after = {.rlim_cur = before[index].rlim_max, .rlim_max = before[index].rlim_max};
    if (setrlimit((__rlimit_resource_t)resources[index], &after) != 0) return errno;
  }
  return 0;
}

int straggler_system_memory_restore(void) {
  for (int index = 0; raised && index < LIMITS; index++) {
    if (before[index].rlim_cur == before[index].rlim_max) continue;
    if (setrlimit((__rlimit_resource_t)resources[index], &before[index]) != 0) return errno;
  }
  return 0;
}
