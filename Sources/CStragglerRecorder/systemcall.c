// The system call that a thread stands in, and the objects that tell what it waits for there.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/select.h>

#include "directory.h"
#include "filestatus.h"
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

bool straggler_look_up_system_call(StragglerFrozen *frozen, int tid) {
  char path[64] = "/proc/self/task/";
  straggler_append_number(path, (uint64_t)tid);
  strcat(path, "/syscall");
  long file = straggler_open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[256];
  long length = straggler_syscall3(SYS_read, file, (long)text, sizeof text - 1);
  straggler_syscall1(SYS_close, file);
  if (length <= 0) return false;
  text[length] = 0;
  return parse(text, frozen);
}

void straggler_read_system_call(StragglerThread *slot, int tid) {
  if (straggler_look_up_system_call(&slot->frozen, tid)) slot->frozen.has_system_call = 1;
}

static void read_futex(StragglerThread *slot, uint64_t address) {
  uint32_t words[4];
  size_t length = straggler_read_memory(address, words, sizeof words);
  if (length < sizeof *words) return;
  slot->call_futex = address;
  slot->call_futex_value = words[0];
  slot->call_flags |= STRAGGLER_CALL_FUTEX_READ;
  if (length < sizeof words) return;
  memcpy(&slot->call_futex_owner, words + 2, sizeof slot->call_futex_owner);
  slot->call_flags |= STRAGGLER_CALL_OWNER_READ;
}

/// A wait for several words is nobody's in particular. struct futex_waitv: value, address, flags (futex_waitv(2)).
static void read_only_futex(StragglerThread *slot, uint64_t list, uint64_t count) {
  uint64_t entry[2];
  if (count == 1 && straggler_read_memory(list, entry, sizeof entry) == sizeof entry) read_futex(slot, entry[1]);
}

static void read_file(StragglerThread *slot, int descriptor) {
  struct stat status;
  if (descriptor < 0 || !straggler_file_status(descriptor, &status)) return;
  slot->call_descriptor = descriptor;
  slot->call_file_mode = status.st_mode;
  slot->call_flags |= STRAGGLER_CALL_FILE_READ;
}

// MARK: - Waits for one descriptor among possibly many: only where there is one is it known what comes

static int only_polled(uint64_t list, uint64_t count) {
  int descriptor;  // the first member of struct pollfd
  return count == 1 && straggler_read_memory(list, &descriptor, sizeof descriptor) == sizeof descriptor ? descriptor : -1;
}

/// The only one in up to three sets, whose bits are descriptors.
static int only_selected(uint64_t limit, const uint64_t *sets) {
  int found = -1;
  for (int set = 0; set < 3; set++) {
    uint64_t words[FD_SETSIZE / 64] = {0};
    uint64_t used = limit < FD_SETSIZE ? (limit + 63) / 64 : FD_SETSIZE / 64;
    if (sets[set] == 0 || straggler_read_memory(sets[set], words, used * 8) != used * 8) continue;
    for (int bit = 0; bit < (int)limit && bit < FD_SETSIZE; bit++) {
      if (!(words[bit / 64] >> (bit % 64) & 1) || bit == found) continue;
      if (found >= 0) return -1;
      found = bit;
    }
  }
  return found;
}

/// A line "tfd: NUMBER events: ..." for each descriptor of the set (proc(5), /proc/PID/fdinfo).
static int only_in_epoll_set(int set) {
  char path[64] = "/proc/self/fdinfo/";
  straggler_append_number(path, (uint64_t)set);
  char text[512];
  long file = straggler_open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  long length = straggler_syscall3(SYS_read, file, (long)text, sizeof text - 1);
  straggler_syscall1(SYS_close, file);
  if (length <= 0 || length == sizeof text - 1) return -1;  // a long one is of many
  text[length] = 0;
  const char *line = strstr(text, "tfd:");
  if (line == NULL || strstr(line + 4, "tfd:") != NULL) return -1;
  line += 4 + strspn(line + 4, " ");
  uint64_t number;
  return straggler_parse_number(&line, &number) ? (int)number : -1;
}

void straggler_read_call_objects(StragglerThread *slot) {
  if (!slot->frozen.has_system_call) return;
  const uint64_t *arguments = slot->frozen.system_call_arguments;
  uint64_t first = arguments[0];
  switch (slot->frozen.system_call) {
    case SYS_futex: read_futex(slot, first); break;
    case SYS_flock:
    case SYS_fcntl: straggler_read_locker(slot); break;
    case 449: read_only_futex(slot, first, arguments[1]); break;  // futex_waitv
    case SYS_poll:
    case SYS_ppoll: read_file(slot, only_polled(first, arguments[1])); break;
    case SYS_select:
    case SYS_pselect6: read_file(slot, only_selected(first, arguments + 1)); break;
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case 441: read_file(slot, only_in_epoll_set((int)first)); break;  // epoll_pwait2
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
    case SYS_sendmmsg:
    case SYS_accept:
    case SYS_accept4:
    case SYS_connect: read_file(slot, (int)first); break;
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
