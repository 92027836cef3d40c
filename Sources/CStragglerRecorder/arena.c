// The arena's memory: a memfd, mapped shared, whose space is taken block by block.
//
// Why a memfd: no file system can stall its stores, and whoever holds its descriptor can read it after any death of this
// process. Why PROT_NONE until a block is taken: mlockall(MCL_FUTURE) in the program would otherwise populate all of it.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum {
  HEADER_BYTES = 3 * STRAGGLER_PAGE,
  MODULES = 1024,
  THREADS = 32768,
  FILES = 65536,
  SECTIONS = 16384,
  NAMES = 65536,
  STACK_BYTES = 512 * 1024 * 1024,
};

// Under a tight RLIMIT_AS or RLIMIT_FSIZE the same arena with fewer of everything: 1.9 GB, 60 MB, 2.4 MB of address space.
static const uint32_t divisors[] = {1, 32, 1024};
_Static_assert(sizeof(StragglerArenaHeader) <= HEADER_BYTES, "the header fits");

StragglerArenaHeader *straggler_arena;

enum { PAGES_LIMIT = 640 * 1024 };
uint64_t straggler_committed[PAGES_LIMIT / 64];

static uint64_t page_up(uint64_t bytes) {
  return (bytes + STRAGGLER_PAGE - 1) & ~(uint64_t)(STRAGGLER_PAGE - 1);
}

static uint64_t lay_out(StragglerArenaHeader *header, uint32_t divisor) {
  const struct {
    uint32_t entry_size, capacity;
  } plan[STRAGGLER_REGION_COUNT] = {
    [STRAGGLER_REGION_MODULES] = {sizeof(StragglerModule), MODULES},
    [STRAGGLER_REGION_THREADS] = {sizeof(StragglerThread), THREADS / divisor},
    [STRAGGLER_REGION_OVERFLOW] = {sizeof(StragglerHold) * STRAGGLER_OVERFLOW_HOLDS, THREADS / divisor},
    [STRAGGLER_REGION_FILES] = {sizeof(StragglerFile), FILES / divisor},
    [STRAGGLER_REGION_SECTIONS] = {sizeof(StragglerSection), SECTIONS / divisor},
    [STRAGGLER_REGION_NAMES] = {sizeof(StragglerName), NAMES / divisor},
    [STRAGGLER_REGION_STACKS] = {1, STACK_BYTES / divisor},
  };
  uint64_t offset = HEADER_BYTES;
  for (int region = 0; region < STRAGGLER_REGION_COUNT; region++) {
    header->regions[region] = (StragglerRegion){offset, plan[region].entry_size, plan[region].capacity, 0, 0};
    offset = page_up(offset + (uint64_t)plan[region].entry_size * plan[region].capacity);
  }
  return offset;
}

static void *map_arena(void *where, int descriptor, uint64_t size) {
  long flags = MAP_SHARED | MAP_NORESERVE | (where ? MAP_FIXED : 0);
  long address = straggler_syscall6(SYS_mmap, (long)where, (long)size, PROT_NONE, flags, descriptor, 0);
  return address < 0 && address > -4096 ? NULL : (void *)address;
}

// MARK: - Limits

static void exchange_limit(int resource, const struct rlimit *after, struct rlimit *before) {
  straggler_syscall4(SYS_prlimit64, 0, resource, (long)after, (long)before);
}

bool straggler_lift_file_limit(uint64_t size, struct rlimit *before) {
  exchange_limit(RLIMIT_FSIZE, NULL, before);
  if (size > before->rlim_max) return false;
  struct rlimit lifted = {before->rlim_max, before->rlim_max};
  exchange_limit(RLIMIT_FSIZE, &lifted, NULL);
  return true;
}

void straggler_restore_file_limit(const struct rlimit *before) { exchange_limit(RLIMIT_FSIZE, before, NULL); }

static bool set_size(int file, uint64_t size) {
  struct rlimit before;
  if (!straggler_lift_file_limit(size, &before)) return false;
  bool done = straggler_syscall3(SYS_ftruncate, file, (long)size, 0) == 0;
  straggler_restore_file_limit(&before);
  return done;
}

/// Lays out and maps the largest arena that leaves the program its address space: a sixteenth of it, but for the smallest.
static void *map_fitting_arena(void *where, int file, StragglerArenaHeader *plan) {
  enum { SHARE = 16 };
  const size_t count = sizeof divisors / sizeof *divisors;
  struct rlimit space;
  exchange_limit(RLIMIT_AS, NULL, &space);
  void *address = NULL;
  for (size_t index = 0; index < count && address == NULL; index++) {
    plan->size = lay_out(plan, divisors[index]);
    if (space.rlim_cur / SHARE < plan->size && index + 1 < count) continue;
    if (set_size(file, plan->size)) address = map_arena(where, file, plan->size);
  }
  return address;
}

// MARK: - Making

bool straggler_arena_make(void *where, int *descriptor) {
  static StragglerArenaHeader plan;
  plan = (StragglerArenaHeader){.magic = STRAGGLER_ARENA_MAGIC, .version = STRAGGLER_ARENA_VERSION};
  plan.header_size = sizeof(StragglerArenaHeader);

  // MFD_CLOEXEC | MFD_ALLOW_SEALING, memfd_create(2)
  long file = straggler_syscall3(SYS_memfd_create, (long)"straggler-arena", 1 | 2, 0);
  if (file < 0) return false;
  void *address = map_fitting_arena(where, (int)file, &plan);
  if (address == NULL) {
    straggler_syscall1(SYS_close, file);
    return false;
  }
  // F_ADD_SEALS, F_SEAL_SHRINK: nobody can cut it off under our feet.
  straggler_syscall3(SYS_fcntl, file, 1033, 2);
  straggler_syscall3(SYS_madvise, (long)address, (long)plan.size, MADV_DONTDUMP);

  memset(straggler_committed, 0, sizeof straggler_committed);
  straggler_arena = address;
  if (!straggler_commit(0, HEADER_BYTES)) {
    straggler_arena = NULL;
    straggler_syscall1(SYS_close, file);
    return false;
  }
  *straggler_arena = plan;
  const StragglerRegion *files = &plan.regions[STRAGGLER_REGION_FILES];
  straggler_guard.files = (StragglerFileTable){
    .entries = (StragglerFile *)((char *)address + files->offset), .capacity = files->capacity};
  *descriptor = (int)file;
  return true;
}

// fallocate needs the descriptor, which is not kept (a program may close it, or get its number). Populating through the
// map does the same: MADV_POPULATE_WRITE (Linux 5.14) takes the pages and answers -ENOMEM instead of a SIGBUS.
static bool populate(uint64_t offset, uint64_t length) {
  char *start = (char *)straggler_arena + offset;
  if (straggler_syscall3(SYS_mprotect, (long)start, (long)length, PROT_READ | PROT_WRITE) < 0) return false;
  enum { POPULATE_WRITE = 23 };
  long result = straggler_syscall3(SYS_madvise, (long)start, (long)length, POPULATE_WRITE);
  // -EINVAL: a kernel before 5.14. A memfd lives on the kernel's own unlimited tmpfs, where a page can be refused only by
  // a memory limit, which ends the process by itself.
  return result == 0 || result == -22;
}

static bool take(uint64_t offset, uint64_t length) {
  if (!straggler_begin_calls()) return false;
  bool taken = populate(offset, length);
  straggler_end_calls();
  return taken;
}

bool straggler_commit(uint64_t offset, uint64_t length) {
  uint64_t first = offset / STRAGGLER_PAGE, last = (offset + length - 1) / STRAGGLER_PAGE;
  if (last >= PAGES_LIMIT) return false;
  for (uint64_t page = first; page <= last; page++) {
    if (straggler_is_taken(page)) continue;
    uint64_t end = page;
    while (end < last && !straggler_is_taken(end + 1)) end++;
    if (!take(page * STRAGGLER_PAGE, (end - page + 1) * STRAGGLER_PAGE)) return false;
    for (; page <= end; page++) {
      __atomic_fetch_or(&straggler_committed[page / 64], UINT64_C(1) << (page % 64), __ATOMIC_RELEASE);
    }
  }
  return true;
}

bool straggler_is_committed(const void *start, uint64_t length) {
  uint64_t offset = (uint64_t)((const char *)start - (const char *)straggler_arena);
  for (uint64_t page = offset / STRAGGLER_PAGE; page <= (offset + length - 1) / STRAGGLER_PAGE; page++) {
    if (page >= PAGES_LIMIT) return false;
    if (!straggler_is_taken(page)) return false;
  }
  return true;
}

void *straggler_entry(enum StragglerRegionIndex region, uint32_t index) {
  StragglerRegion *plan = straggler_region(region);
  if (index >= plan->capacity) return NULL;
  uint64_t offset = plan->offset + (uint64_t)index * plan->entry_size;
  if (!straggler_commit(offset, plan->entry_size)) return NULL;
  return (char *)straggler_arena + offset;
}

void straggler_note_used(enum StragglerRegionIndex region, uint32_t index) {
  uint32_t *used = &straggler_region(region)->used;
  uint32_t seen = __atomic_load_n(used, __ATOMIC_RELAXED);
  while (seen <= index && !__atomic_compare_exchange_n(used, &seen, index + 1, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
  }
}

void straggler_note_lost(enum StragglerRegionIndex region) {
  __atomic_fetch_add(&straggler_region(region)->lost, 1, __ATOMIC_RELAXED);
}

STRAGGLER_UNINSTRUMENTED_END
