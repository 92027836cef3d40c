// The names of threads that nobody was seen naming: they wrote to /proc/self/task/TID/comm, or made the system call
// themselves.
#include <fcntl.h>

#include "directory.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { COMM_SIZE = 16 };  // TASK_COMM_LEN, with its NUL

static bool read_comm(int tid, char name[COMM_SIZE]) {
  char path[64] = "/proc/self/task/";
  straggler_append_number(path, (uint64_t)tid);
  strcat(path, "/comm");
  long file = straggler_open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  long length = straggler_syscall3(SYS_read, file, (long)name, COMM_SIZE);
  straggler_syscall1(SYS_close, file);
  if (length <= 1) return false;
  name[length - 1] = 0;  // a line feed
  return true;
}

/// Whether the kernel would call a process of this executable so.
static bool is_name_of_executable(const char *name) {
  const char *slash = strrchr(straggler_arena->executable, '/');
  return strncmp(name, slash != NULL ? slash + 1 : straggler_arena->executable, COMM_SIZE - 1) == 0;
}

/// A thread begins with its creator's name: that says nothing about itself.
static bool is_inherited(const StragglerThread *slot, const char *name, const char *process) {
  if (strcmp(name, process) == 0 || is_name_of_executable(name)) return true;
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    const StragglerThread *other = straggler_slot(index);
    if (other->number == slot->creator) return strcmp(name, other->name) == 0;
  }
  // Who made it is not known any more, and so not whether this is its own name.
  return !(slot->flags & STRAGGLER_THREAD_ADOPTED);
}

void straggler_read_names(void) {
  char process[COMM_SIZE] = "";
  read_comm(straggler_arena->pid, process);
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    char name[COMM_SIZE];
    if (slot->state != STRAGGLER_SLOT_ALIVE || slot->name[0] != 0 || slot->tid == straggler_arena->pid) continue;
    if (!read_comm(slot->tid, name) || is_inherited(slot, name, process)) continue;
    straggler_copy_string(slot->name, name, sizeof slot->name);
  }
}

STRAGGLER_UNINSTRUMENTED_END
