// The system call that a thread stands in, and the objects that tell what it waits for there.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>

#include "directory.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// "202 0x55.. 0x0 .. 0xSP 0xPC", or "-1 0xSP 0xPC", or "running" (proc(5)).
static bool parse(const char *text, StragglerFrozen *frozen) {
  if (text[0] < '0' || text[0] > '9') return false;
  uint64_t values[9];
  for (int index = 0; index < 9; index++) {
    if (!straggler_parse_number(&text, &values[index])) return false;
  }
  frozen->system_call = (int64_t)values[0];
  memcpy(frozen->system_call_arguments, values + 1, sizeof frozen->system_call_arguments);
  frozen->system_call_sp = values[7];
  frozen->system_call_pc = values[8];
  return true;
}

void straggler_read_system_call(StragglerThread *slot, int tid) {
  char path[64] = "/proc/self/task/";
  straggler_append_number(path, (uint64_t)tid);
  strcat(path, "/syscall");
  long file = straggler_open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  char text[256];
  long length = straggler_syscall3(SYS_read, file, (long)text, sizeof text - 1);
  straggler_syscall1(SYS_close, file);
  if (length <= 0) return;
  text[length] = 0;
  if (parse(text, &slot->frozen)) slot->frozen.has_system_call = 1;
}

static void read_futex(StragglerThread *slot, uint64_t address) {
  uint32_t value;
  if (straggler_read_memory(address, &value, sizeof value) != sizeof value) return;
  slot->call_futex_value = value;
  slot->call_flags |= STRAGGLER_CALL_FUTEX_READ;
}

static void read_file_mode(StragglerThread *slot, int descriptor) {
  struct stat status;
  // AT_EMPTY_PATH; newfstatat's struct is libc's on x86-64.
  if (straggler_syscall4(SYS_newfstatat, descriptor, (long)"", (long)&status, 0x1000) != 0) return;
  slot->call_file_mode = status.st_mode;
  slot->call_flags |= STRAGGLER_CALL_FILE_READ;
}

void straggler_read_call_objects(StragglerThread *slot) {
  if (!slot->frozen.has_system_call) return;
  uint64_t first = slot->frozen.system_call_arguments[0];
  switch (slot->frozen.system_call) {
    case SYS_futex: read_futex(slot, first); break;
    case SYS_read:
    case SYS_readv:
    case SYS_pread64:
    case SYS_preadv:
    case SYS_preadv2:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg: read_file_mode(slot, (int)first); break;
    default: break;
  }
}

typedef struct Standing {
  char state;
  uint64_t flags;
} Standing;

/// "4711 (name) S 1 ...": proc(5), /proc/PID/stat. The name may hold anything; what follows its last parenthesis is state and,
/// as the seventh field from there, flags (PF_IO_WORKER, PF_USER_WORKER: include/linux/sched.h). The state is X where the
/// thread has ended meanwhile, and R where nothing can be known.
static Standing look_at(int tid) {
  char path[64] = "/proc/self/task/";
  straggler_append_number(path, (uint64_t)tid);
  strcat(path, "/stat");
  char text[512];
  long file = straggler_open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return (Standing){'R', 0};
  long length = straggler_syscall3(SYS_read, file, (long)text, sizeof text - 1);
  straggler_syscall1(SYS_close, file);
  if (length <= 0) return (Standing){'X', 0};
  text[length] = 0;
  const char *at = strrchr(text, ')');
  if (at == NULL || at[1] == 0) return (Standing){'R', 0};
  Standing standing = {at[2], 0};
  at += 3;
  for (int field = 0; field < 5; field++) {
    at += strspn(at, " ");
    at += strcspn(at, " ");
  }
  straggler_parse_number(&at, &standing.flags);
  return standing;
}

bool straggler_can_be_stopped(int tid) {
  const uint64_t kernel_worker = 0x10 | 0x4000;
  Standing standing = look_at(tid);
  return standing.state != 'Z' && standing.state != 'X' && (standing.flags & kernel_worker) == 0;
}

bool straggler_can_be_interrupted(int tid) { return straggler_can_be_stopped(tid) && look_at(tid).state != 'D'; }

STRAGGLER_UNINSTRUMENTED_END
