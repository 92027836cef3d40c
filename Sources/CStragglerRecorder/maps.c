// The table of loaded ELF files from the kernel's list: /proc/self/maps, proc(5). No lock of the loader's is taken: at the exit
// a thread that stands may have it.
#include <elf.h>
#include <fcntl.h>

#include "directory.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

typedef struct Line {
  uint64_t start, end, offset;
  const char *path;  // empty where nothing is mapped
} Line;

static bool parse_hexadecimal(const char **at, uint64_t *value) {
  const char *begin = *at;
  for (*value = 0;; (*at)++) {
    char character = **at;
    uint64_t digit = character >= '0' && character <= '9' ? (uint64_t)(character - '0') : (uint64_t)(character - 'a' + 10);
    if (digit > 15) return *at > begin;
    *value = *value * 16 + digit;
  }
}

/// "55d0c0de0000-55d0c0de1000 r--p 00000000 fe:00 131 /usr/bin/true"
static bool parse(const char *text, Line *line) {
  if (!parse_hexadecimal(&text, &line->start) || *text++ != '-' || !parse_hexadecimal(&text, &line->end)) return false;
  text += strlen(" r--p ");
  if (!parse_hexadecimal(&text, &line->offset)) return false;
  for (int fields = 0; fields < 2; fields++) text += 1 + strcspn(text + 1, " ");  // device, inode
  line->path = text + strspn(text, " ");
  return true;
}

static void read_build_id(StragglerModule *module, uint64_t address, uint64_t size) {
  char notes[1024];
  size_t length = straggler_read_memory(address, notes, size < sizeof notes ? size : sizeof notes);
  straggler_copy_build_id(module, notes, length);
}

/// A module from the ELF header that is mapped at its start. False where there is none.
static bool read_headers(StragglerModule *module) {
  Elf64_Ehdr header;
  if (straggler_read_memory(module->start, &header, sizeof header) != sizeof header) return false;
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr)) return false;
  Elf64_Phdr segments[32];
  size_t count = header.e_phnum < 32 ? header.e_phnum : 32;
  if (straggler_read_memory(module->start + header.e_phoff, segments, count * sizeof *segments) != count * sizeof *segments) {
    return false;
  }
  bool has_bias = false;
  for (size_t index = 0; index < count; index++) {
    if (segments[index].p_type != PT_LOAD) continue;
    uint64_t end = segments[index].p_vaddr + segments[index].p_memsz;
    if (!has_bias) module->bias = module->start - (segments[index].p_vaddr & ~(uint64_t)(STRAGGLER_PAGE - 1));
    has_bias = true;
    if (module->bias + end > module->end) module->end = module->bias + end;
  }
  for (size_t index = 0; index < count; index++) {
    if (segments[index].p_type != PT_NOTE) continue;
    read_build_id(module, module->bias + segments[index].p_vaddr, segments[index].p_memsz);
  }
  return has_bias;
}

/// Whether a line lies within the module that was found last. The first page of a small file may be mapped once for each of
/// its segments (lld; GNU ld with -z noseparate-code): each looks like the file's beginning.
static bool is_in_last_module(const Line *line, uint32_t count) {
  const StragglerModule *last = count > 0 ? straggler_entry(STRAGGLER_REGION_MODULES, count - 1) : NULL;
  return last != NULL && line->start - last->start < last->end - last->start;
}

/// Adds the module that a line begins, if it begins one.
static void add(const Line *line, uint32_t *count) {
  bool is_vdso = strcmp(line->path, "[vdso]") == 0;
  if (line->offset != 0 || (line->path[0] != '/' && !is_vdso) || is_in_last_module(line, *count)) return;
  StragglerModule *module = straggler_entry(STRAGGLER_REGION_MODULES, *count);
  if (module == NULL) {
    straggler_note_lost(STRAGGLER_REGION_MODULES);
    return;
  }
  memset(module, 0, sizeof *module);
  module->start = line->start;
  if (!read_headers(module)) return;
  straggler_copy_string(module->path, is_vdso ? "linux-vdso.so.1" : line->path, sizeof module->path);
  straggler_note_used(STRAGGLER_REGION_MODULES, *count);
  *count += 1;
}

/// Splits the file into lines, a piece at a time; a line longer than a piece is cut.
static uint32_t read_lines(int file) {
  static char buffer[8192];  // not on the stack, which may be a signal's; there is one exit
  size_t kept = 0;
  uint32_t count = 0;
  for (;;) {
    long length = straggler_syscall3(SYS_read, file, (long)(buffer + kept), (long)(sizeof buffer - 1 - kept));
    if (length <= 0) return count;
    buffer[kept + (size_t)length] = 0;
    char *begin = buffer, *end;
    while ((end = strchr(begin, '\n')) != NULL) {
      *end = 0;
      Line line;
      if (parse(begin, &line)) add(&line, &count);
      begin = end + 1;
    }
    kept = strlen(begin);
    if (kept >= sizeof buffer - 1) kept = 0;
    memmove(buffer, begin, kept);
  }
}

void straggler_modules_read_maps(void) {
  long file = straggler_open("/proc/thread-self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;  // what the loader told last stays
  uint32_t count = read_lines((int)file);
  straggler_syscall1(SYS_close, file);
  if (count > 0) __atomic_store_n(&straggler_region(STRAGGLER_REGION_MODULES)->used, count, __ATOMIC_RELEASE);
}

STRAGGLER_UNINSTRUMENTED_END
