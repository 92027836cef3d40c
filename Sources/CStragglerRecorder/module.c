// The table of loaded ELF files: what turns an address into a place in a file, afterwards and elsewhere.
//
// Kept up to date in slow paths (thread creation, open), so that it is there when the process is killed. dlopen is not
// wrapped: a wrapper would be the caller whose RUNPATH counts, and the program's plugins would not be found.
#define _GNU_SOURCE
#include <elf.h>
#include <link.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static uint32_t refreshing;

static void note_caller(uint64_t start, uint64_t end) {
  __atomic_store_n(&straggler_guard.files.caller_start, start, __ATOMIC_RELAXED);
  __atomic_store_n(&straggler_guard.files.caller_end, end, __ATOMIC_RELAXED);
}

void straggler_copy_build_id(StragglerModule *module, const char *note, size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    const ElfW(Nhdr) *header = (const ElfW(Nhdr) *)note;
    size_t name_size = (header->n_namesz + 3u) & ~3u, value_size = (header->n_descsz + 3u) & ~3u;
    if (sizeof *header + name_size + value_size > size) return;
    const char *name = note + sizeof *header, *value = name + name_size;
    bool is_build_id = header->n_type == NT_GNU_BUILD_ID && header->n_namesz == 4 && memcmp(name, "GNU", 4) == 0;
    if (is_build_id && header->n_descsz <= sizeof module->build_id) {
      straggler_copy_bytes(module->build_id, value, header->n_descsz);
      module->build_id_length = header->n_descsz;
      return;
    }
    note += sizeof *header + name_size + value_size;
    size -= sizeof *header + name_size + value_size;
  }
}

/// An entry without an end is not filled yet: so is one that a kill or a fork finds half-written.
static void fill(StragglerModule *module, const StragglerModule *found) {
  size_t rest = offsetof(StragglerModule, build_id_length);
  __atomic_store_n(&module->end, 0, __ATOMIC_RELAXED);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  straggler_copy_bytes(module, found, offsetof(StragglerModule, end));
  straggler_copy_bytes((char *)module + rest, (const char *)found + rest, sizeof *found - rest);
  __atomic_store_n(&module->end, found->end, __ATOMIC_RELEASE);
}

static int add_module(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  uint32_t *count = context;
  if (*count == 0) {
    uint64_t seen = info->dlpi_adds + info->dlpi_subs;
    if (straggler_arena->modules_seen == seen) return 1;
    straggler_arena->modules_seen = seen;
    note_caller(0, 0);
  }
  StragglerModule *module = straggler_entry(STRAGGLER_REGION_MODULES, *count);
  if (module == NULL) {
    straggler_note_lost(STRAGGLER_REGION_MODULES);
    return 1;
  }
  StragglerModule found;
  straggler_clear_bytes(&found, sizeof found);
  found.bias = info->dlpi_addr;
  found.start = UINT64_MAX;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
    uint64_t start = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_LOAD) {
      if (start < found.start) found.start = start;
      if (start + segment->p_memsz > found.end) found.end = start + segment->p_memsz;
    } else if (segment->p_type == PT_NOTE) {
      straggler_copy_build_id(&found, (const char *)start, segment->p_memsz);
    }
  }
  bool is_executable = *count == 0;
  straggler_copy_string(found.path, is_executable ? straggler_arena->executable : info->dlpi_name, sizeof found.path);
  // What is in the table stays as it is: it may be read at any moment, after a kill or by a child that was just forked.
  if (memcmp(module, &found, sizeof found) != 0) fill(module, &found);
  straggler_note_used(STRAGGLER_REGION_MODULES, *count);
  *count += 1;
  return 0;
}

void straggler_modules_reset(void) { refreshing = 0; }

// In a forked child neither the loader is asked (another thread of the parent's may have had its lock) nor the kernel (libc's
// functions may be a sanitizer's, which is in the middle of its own fork): what the parent knew is what the child has.
enum { KEPT_LIMIT = 1024 };
static StragglerModule kept[KEPT_LIMIT];
static uint32_t kept_count;

void straggler_modules_keep(void) {
  uint32_t used = straggler_region(STRAGGLER_REGION_MODULES)->used;
  kept_count = used < KEPT_LIMIT ? used : KEPT_LIMIT;
  for (uint32_t index = 0; index < kept_count; index++) {
    const StragglerModule *module = straggler_entry(STRAGGLER_REGION_MODULES, index);
    if (module != NULL) straggler_copy_bytes(&kept[index], module, sizeof *module);
  }
}

void straggler_modules_put_back(void) {
  for (uint32_t index = 0; index < kept_count; index++) {
    StragglerModule *module = straggler_entry(STRAGGLER_REGION_MODULES, index);
    if (module == NULL) return;
    fill(module, &kept[index]);
    straggler_note_used(STRAGGLER_REGION_MODULES, index);
  }
}

void straggler_modules_refresh(void) {
  // The loader's lock, where another thread has it, is waited for by a system call.
  if (straggler_is_confined()) return;
  if (__atomic_exchange_n(&refreshing, 1, __ATOMIC_ACQUIRE)) return;
  uint32_t count = 0;
  dl_iterate_phdr(add_module, &count);
  // What lies beyond was unloaded since.
  if (count > 0) __atomic_store_n(&straggler_region(STRAGGLER_REGION_MODULES)->used, count, __ATOMIC_RELEASE);
  __atomic_store_n(&refreshing, 0, __ATOMIC_RELEASE);
}

// MARK: - For events that come often

static bool is_in_table(uint64_t address) {
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_MODULES)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    const StragglerModule *module = straggler_entry(STRAGGLER_REGION_MODULES, index);
    if (module == NULL || address < module->start || address >= module->end) continue;
    note_caller(module->start, module->end);
    return true;
  }
  return false;
}

// To ask the loader takes its lock, which costs a fifteenth of an open and a close, and which another thread may have while it
// waits for a lock of the program's that the caller has: so it is asked only about a caller that nobody knows yet. An object
// that is only further up the stack is found by a thread's creation, or at the exit.
void straggler_modules_look_for(uint64_t address) {
  if (!is_in_table(address)) straggler_modules_refresh();
}

STRAGGLER_UNINSTRUMENTED_END
