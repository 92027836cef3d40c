// Open descriptors at the freeze: whether each still is what was recorded, and what only the kernel or its stream can
// tell.
//
// A descriptor can be closed past every wrapper (a raw system call, a call within libc), and its number given to
// another file in the same way. To ask at each opening which file it is would cost a fifth of it; so the name, the
// access and the type are compared now, and a record that does not agree is taken back.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <wchar.h>

#include "directory.h"
#include "filestatus.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

// MARK: - The stream

/// How much lies between the beginning of a buffer and the end of what was written into it; more than there can be where that is no buffer.
static uint64_t written_length(const uint8_t *base_and_end) {
  uint64_t base, end;
  memcpy(&base, base_and_end, sizeof base);
  memcpy(&end, base_and_end + sizeof base, sizeof end);
  return end - base;
}

/// Characters of a wide stream that have not been made bytes, of which each will be one at least: struct _IO_wide_data, libio/libio.h,
/// _IO_write_base at 24, _IO_write_ptr at 32.
static uint64_t wide_length(uint64_t wide_data) {
  uint8_t bytes[40];
  if (straggler_read_memory(wide_data, bytes, sizeof bytes) != sizeof bytes) return 0;
  return written_length(bytes + 24) / sizeof(wchar_t);
}

/// struct _IO_FILE, glibc bits/types/struct_FILE.h: _IO_write_base at 32, _IO_write_ptr at 40, _fileno at 112, _wide_data at 160,
/// _mode at 192 (above 0 once the stream is wide). False where there is no such stream any more.
static bool read_stream(StragglerFile *file, int descriptor) {
  const uint64_t most = UINT64_C(1) << 40;
  uint8_t bytes[196];
  if (straggler_read_memory(file->stream, bytes, sizeof bytes) != sizeof bytes) return false;
  uint64_t wide_data, length = written_length(bytes + 32);
  int number, mode;
  memcpy(&number, bytes + 112, sizeof number);
  memcpy(&wide_data, bytes + 160, sizeof wide_data);
  memcpy(&mode, bytes + 192, sizeof mode);
  if (number != descriptor || length > most) return false;
  uint64_t wide = mode > 0 ? wide_length(wide_data) : 0;
  file->unflushed = length + (wide > most ? 0 : wide);
  return true;
}

// An exec stops nobody: other threads open and close files meanwhile, and the flags are changed so that no store of theirs
// is lost.

static void each_stream(void (*visit)(StragglerFile *file, int descriptor)) {
  uint32_t used = straggler_region(STRAGGLER_REGION_FILES)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerFile *file = straggler_file_entry(index);
    if (file != NULL && file->state == STRAGGLER_ENTRY_LIVE && file->stream != 0) visit(file, (int)index);
  }
}

static void look_into(StragglerFile *file, int descriptor) {
  if (read_stream(file, descriptor)) __atomic_fetch_or(&file->flags, STRAGGLER_FILE_STREAM_READ, __ATOMIC_RELAXED);
}

static void forget(StragglerFile *file, int descriptor) {
  (void)descriptor;
  __atomic_fetch_and(&file->flags, ~(uint32_t)STRAGGLER_FILE_STREAM_READ, __ATOMIC_RELAXED);
}

void straggler_look_into_streams(void) { each_stream(look_into); }
void straggler_forget_streams(void) { each_stream(forget); }

/// The standard stream that writes to this descriptor: it has it from its birth, and no call of the program's said so.
static uint64_t standard_stream(int descriptor) {
  FILE *streams[] = {stdin, stdout, stderr};
  for (int index = 0; index < 3; index++) {
    // _fileno, glibc bits/types/struct_FILE.h; the program may have closed the stream, and left the variable.
    uint64_t stream = (uint64_t)streams[index];
    int number;
    bool read = stream != 0 && straggler_read_memory(stream + 112, &number, sizeof number) == sizeof number;
    if (read && number == descriptor) return stream;
  }
  return 0;
}

// MARK: - The same file?

/// What /proc/thread-self/fd (not the main thread's, which may have ended) says of a descriptor: a path, or "socket:[4711]", "anon_inode:[eventfd]" (proc(5)).
typedef struct Link {
  char text[4096];
} Link;

static const char *read_link(int descriptor) {
  static Link link;  // the freeze is made by one thread, which may have little stack left
  char path[64] = "/proc/thread-self/fd/";
  straggler_append_number(path, (uint64_t)descriptor);
  long length = straggler_syscall3(SYS_readlink, (long)path, (long)link.text, sizeof link.text - 1);
  link.text[length < 0 ? 0 : length] = 0;
  return link.text;
}

static bool begins_with(const char *text, const char *beginning) {
  return strncmp(text, beginning, strlen(beginning)) == 0;
}

static const char *last_component(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/// The path leads to this file; or the file is called so, with something added: " (deleted)", or what a log is given
/// that is put away.
static bool has_name(const StragglerFile *file, int descriptor, const struct stat *now) {
  struct stat named;
  if (straggler_syscall4(SYS_newfstatat, AT_FDCWD, (long)file->path, (long)&named, 0) == 0 &&
      named.st_dev == now->st_dev && named.st_ino == now->st_ino) {
    return true;
  }
  if (file->flags & STRAGGLER_FILE_PATH_CUT) return true;
  return begins_with(last_component(read_link(descriptor)), last_component(file->path));
}

static bool has_recorded_access(const StragglerFile *file, long flags_now) {
  return (file->open_flags & O_ACCMODE) == (flags_now & O_ACCMODE);
}

static bool is_unchanged(const StragglerFile *file, int descriptor, const struct stat *now, long flags_now) {
  switch (file->origin) {
    case STRAGGLER_ORIGIN_PATH:
      return has_recorded_access(file, flags_now) && (!S_ISREG(now->st_mode) || has_name(file, descriptor, now));
    case STRAGGLER_ORIGIN_TEMPORARY:
    case STRAGGLER_ORIGIN_QUEUE:
    case STRAGGLER_ORIGIN_MEMORY: return has_recorded_access(file, flags_now) && S_ISREG(now->st_mode);
    case STRAGGLER_ORIGIN_FOLDER: return S_ISDIR(now->st_mode);
    case STRAGGLER_ORIGIN_PIPE: return has_recorded_access(file, flags_now) && S_ISFIFO(now->st_mode);
    case STRAGGLER_ORIGIN_SOCKET: return S_ISSOCK(now->st_mode);
    case STRAGGLER_ORIGIN_DUPLICATE:
    case STRAGGLER_ORIGIN_RECEIVED: return true;
    case STRAGGLER_ORIGIN_PROCESS: return strstr(read_link(descriptor), "pidfd") != NULL;
    default: return begins_with(read_link(descriptor), "anon_inode:");
  }
}

// MARK: - What was not known at the opening

static void add_access(StragglerFile *file, long flags_now) {
  file->flags &= ~(uint32_t)(STRAGGLER_FILE_READ | STRAGGLER_FILE_WRITE);
  if ((flags_now & O_ACCMODE) != O_WRONLY) file->flags |= STRAGGLER_FILE_READ;
  if ((flags_now & O_ACCMODE) != O_RDONLY) file->flags |= STRAGGLER_FILE_WRITE;
}

static void add_path(StragglerFile *file, int descriptor) {
  if (straggler_copy_string(file->path, read_link(descriptor), sizeof file->path)) {
    file->flags |= STRAGGLER_FILE_PATH_CUT;
  }
}

void straggler_check_file(StragglerFile *file, int descriptor) {
  struct stat now;
  bool is_found = straggler_file_status(descriptor, &now);
  long flags_now = straggler_syscall3(SYS_fcntl, descriptor, F_GETFL, 0);
  if (flags_now < 0 || (is_found && !is_unchanged(file, descriptor, &now, flags_now))) {
    straggler_file_closed(descriptor);
    return;
  }
  if (is_found) file->flags |= STRAGGLER_FILE_TYPE_KNOWN | (S_ISREG(now.st_mode) ? STRAGGLER_FILE_REGULAR : 0);
  bool unknown = file->origin == STRAGGLER_ORIGIN_DUPLICATE || file->origin == STRAGGLER_ORIGIN_RECEIVED;
  if (unknown) add_access(file, flags_now);
  if (unknown && is_found && (S_ISREG(now.st_mode) || S_ISCHR(now.st_mode))) add_path(file, descriptor);
  if (file->stream == 0) file->stream = standard_stream(descriptor);
  if (file->stream == 0) return;
  if (read_stream(file, descriptor)) {
    straggler_add_stream_lock(file->stream);
    file->flags |= STRAGGLER_FILE_STREAM_READ;
  } else {
    file->flags |= STRAGGLER_FILE_STREAM_FREED;
  }
}

// MARK: - Calls that go by a path

/// Copies a path of the program's, cut to its last bytes: they tell more than its first ones.
static void read_path(uint64_t address, char *target, size_t room) {
  static char path[1024];
  size_t length = strnlen(path, straggler_read_memory(address, path, sizeof path - 1));
  path[length] = 0;
  const char *from = length < room ? path : path + length - (room - 1);
  straggler_copy_string(target, from, room);
  if (from != path) memcpy(target, "...", 3);
}

void straggler_read_operation_paths(StragglerThread *slot) {
  bool by_path = slot->operation == STRAGGLER_OPERATION_RENAME ||
                 (slot->operation == STRAGGLER_OPERATION_TRUNCATE && slot->operation_descriptor < 0);
  if (!by_path || slot->frozen.outcome == STRAGGLER_FREEZE_NONE) return;
  read_path(slot->operation_stream, slot->operation_path, sizeof slot->operation_path);
  if (slot->operation != STRAGGLER_OPERATION_RENAME) return;
  read_path((uint64_t)slot->operation_descriptor, slot->operation_target, sizeof slot->operation_target);
}

STRAGGLER_UNINSTRUMENTED_END
