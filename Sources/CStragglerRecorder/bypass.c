// Which files call libc's lock functions past us: what they take is not seen, and the report says so.
//
// A plugin that was opened with RTLD_DEEPBIND finds libc's functions before ours; so does a file that is loaded into a namespace of
// its own (dlmopen(3)). Where a file's calls lead stands in its global offset table, at the places that its relocations name. A
// function that was never called is not bound yet, and its place leads into the file itself.
#define _GNU_SOURCE
#include <elf.h>
#include <sys/uio.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

uint64_t straggler_lock_functions[STRAGGLER_LOCK_FUNCTIONS];

enum { PIECE = 128, COPIES = 16 };

/// How far from libc's functions those of its other copies are: a namespace has one of its own, and there are 16 at most
/// (DL_NNS, sysdeps/generic/ldsodefs.h). The first is libc itself.
static uint64_t copies[COPIES];
static uint32_t copy_count;

/// The relocations of one kind, as the file's dynamic section tells them.
typedef struct Relocations {
  uint64_t address, size;
} Relocations;

typedef struct Tables {
  Relocations calls;  // DT_JMPREL
  Relocations data;   // DT_RELA
  uint64_t relative;  // DT_RELACOUNT: so many at its beginning name nothing
} Tables;

/// The loader has made most addresses in a dynamic section those in memory; of the vdso's nobody has.
static uint64_t in_memory(const StragglerModule *module, uint64_t address) {
  return address < module->start ? address + module->bias : address;
}

static void read_tables(const StragglerModule *module, uint64_t dynamic, uint64_t size, Tables *tables) {
  Elf64_Dyn entries[64];
  size_t length = straggler_read_memory(dynamic, entries, size < sizeof entries ? size : sizeof entries);
  for (size_t index = 0; index < length / sizeof *entries && entries[index].d_tag != DT_NULL; index++) {
    uint64_t value = entries[index].d_un.d_val;
    switch (entries[index].d_tag) {
      case DT_JMPREL: tables->calls.address = in_memory(module, value); break;
      case DT_PLTRELSZ: tables->calls.size = value; break;
      case DT_RELA: tables->data.address = in_memory(module, value); break;
      case DT_RELASZ: tables->data.size = value; break;
      case DT_RELACOUNT: tables->relative = value; break;
    }
  }
}

static bool find_tables(const StragglerModule *module, Tables *tables) {
  Elf64_Ehdr header;
  Elf64_Phdr segments[32];
  if (straggler_read_memory(module->start, &header, sizeof header) != sizeof header) return false;
  size_t count = header.e_phnum < 32 ? header.e_phnum : 32;
  size_t length = count * sizeof *segments;
  if (straggler_read_memory(module->start + header.e_phoff, segments, length) != length) return false;
  for (size_t index = 0; index < count; index++) {
    if (segments[index].p_type != PT_DYNAMIC) continue;
    read_tables(module, module->bias + segments[index].p_vaddr, segments[index].p_memsz, tables);
    return true;
  }
  return false;
}

static StragglerModule *module_at(uint32_t index) { return straggler_entry(STRAGGLER_REGION_MODULES, index); }

static void find_copies(uint32_t used) {
  const StragglerModule *libc = NULL;
  for (uint32_t index = 0; index < used && libc == NULL; index++) {
    const StragglerModule *module = module_at(index);
    uint64_t address = straggler_lock_functions[0];
    if (module != NULL && address >= module->start && address < module->end) libc = module;
  }
  copies[0] = 0;
  copy_count = 1;
  for (uint32_t index = 0; libc != NULL && index < used && copy_count < COPIES; index++) {
    const StragglerModule *module = module_at(index);
    bool is_copy = module != NULL && module != libc && strcmp(module->path, libc->path) == 0;
    if (is_copy) copies[copy_count++] = module->bias - libc->bias;
  }
}

static bool is_lock_function(uint64_t address) {
  for (int index = 0; index < STRAGGLER_LOCK_FUNCTIONS; index++) {
    if (address == 0 || straggler_lock_functions[index] == 0) continue;
    for (uint32_t copy = 0; copy < copy_count; copy++) {
      if (straggler_lock_functions[index] + copies[copy] == address) return true;
    }
  }
  return false;
}

/// Whether one of the places that these relocations name leads to a lock function: all of them read at once.
static bool piece_leads_past(const StragglerModule *module, const Elf64_Rela *relocations, size_t count) {
  struct iovec from[PIECE];
  uint64_t places[PIECE];
  size_t used = 0;
  for (size_t index = 0; index < count; index++) {
    uint32_t type = (uint32_t)relocations[index].r_info;
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
    from[used++] = (struct iovec){(void *)(module->bias + relocations[index].r_offset), sizeof *places};
  }
  if (used == 0) return false;
  struct iovec to = {places, used * sizeof *places};
  // By this thread's id: see straggler_read_memory.
  long self = straggler_syscall1(SYS_gettid, 0);
  long length = straggler_syscall6(SYS_process_vm_readv, self, (long)&to, 1, (long)from, (long)used, 0);
  for (long index = 0; index < length / (long)sizeof *places; index++) {
    if (is_lock_function(places[index])) return true;
  }
  return false;
}

static bool lead_past(const StragglerModule *module, Relocations relocations) {
  static Elf64_Rela piece[PIECE];  // not on the stack, which may be a signal's; there is one exit
  for (uint64_t done = 0; done < relocations.size;) {
    uint64_t rest = relocations.size - done;
    size_t length = straggler_read_memory(relocations.address + done, piece, rest < sizeof piece ? rest : sizeof piece);
    if (length < sizeof *piece) return false;
    if (piece_leads_past(module, piece, length / sizeof *piece)) return true;
    done += length;
  }
  return false;
}

static bool module_leads_past(const StragglerModule *module) {
  Tables tables = {{0, 0}, {0, 0}, 0};
  if (!find_tables(module, &tables)) return false;
  uint64_t relative = tables.relative * sizeof(Elf64_Rela);
  if (relative > tables.data.size) relative = tables.data.size;
  tables.data.address += relative;
  tables.data.size -= relative;
  return lead_past(module, tables.calls) || lead_past(module, tables.data);
}

void straggler_find_bypasses(void) {
  if (straggler_lock_functions[0] == 0) return;
  uint32_t used = straggler_region(STRAGGLER_REGION_MODULES)->used;
  find_copies(used);
  for (uint32_t index = 0; index < used; index++) {
    StragglerModule *module = module_at(index);
    if (module != NULL && module_leads_past(module)) module->flags |= STRAGGLER_MODULE_BYPASSES;
  }
}

STRAGGLER_UNINSTRUMENTED_END
