// Whose work a thread is: a number that the testing library gives to each test, asked for in the creating thread.
//
// A thread that nobody can tell anything of gets what its creator has, but never from a pool's thread: that one works for
// whoever comes. Nothing of this is in the arena, because no report needs it.
#include "state.h"
#include "straggler_runtime.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { SLOTS = 32768 };
static StragglerOrigin origins[SLOTS];
static uint32_t (*origin_source)(void);
static uint64_t pool_start, pool_end;

/// The file that an address is in; NULL where the table doesn't know it.
static const StragglerModule *find_module(uint64_t address) {
  const StragglerRegion *region = straggler_region(STRAGGLER_REGION_MODULES);
  const StragglerModule *modules = (const StragglerModule *)((const char *)straggler_arena + region->offset);
  uint32_t used = __atomic_load_n(&region->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    if (address - modules[index].start < modules[index].end - modules[index].start) return &modules[index];
  }
  return NULL;
}

uint64_t straggler_address_in_file(uint64_t address) {
  const StragglerModule *module = straggler_arena != NULL ? find_module(address) : NULL;
  return module != NULL ? address - module->bias : 0;
}

bool straggler_origin_ask(uint32_t (*source)(void), const void *pool_code) {
  if (straggler_arena == NULL) return false;
  straggler_modules_look_for((uint64_t)pool_code);
  const StragglerModule *pool = find_module((uint64_t)pool_code);
  pool_start = pool != NULL ? pool->start : 0;
  pool_end = pool != NULL ? pool->end : 0;
  __atomic_store_n(&origin_source, source, __ATOMIC_RELEASE);
  return true;
}

static bool is_of_pool(const StragglerThread *slot) { return slot->start_routine - pool_start < pool_end - pool_start; }

void straggler_origin_note(const StragglerThread *slot, const StragglerThread *creator) {
  uint32_t (*source)(void) = __atomic_load_n(&origin_source, __ATOMIC_ACQUIRE);
  if (source == NULL) return;
  StragglerOrigin *origin = &origins[straggler_slot_index(slot)];
  if (is_of_pool(slot)) return;
  origin->token = source();
  if (origin->token != 0 || is_of_pool(creator)) return;
  origin->token = origins[straggler_slot_index(creator)].token;
  origin->inherited = origin->token != 0;
}

void straggler_origin_forget(const StragglerThread *slot) {
  if (__atomic_load_n(&origin_source, __ATOMIC_RELAXED) == NULL) return;
  origins[straggler_slot_index(slot)] = (StragglerOrigin){.token = 0};
}

StragglerOrigin straggler_origin_of(uint32_t thread_number) {
  const StragglerOrigin unknown = {.token = 0};
  if (straggler_arena == NULL) return unknown;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    const StragglerThread *slot = straggler_slot(index);
    if (slot->number != thread_number || slot->state == STRAGGLER_SLOT_FREE) continue;
    StragglerOrigin origin = origins[index];
    // A pool may be older than anybody's asking.
    origin.of_pool = is_of_pool(slot);
    // Not another thread's that has taken the slot meanwhile.
    return __atomic_load_n(&slot->number, __ATOMIC_ACQUIRE) == thread_number ? origin : unknown;
  }
  return unknown;
}

uint32_t straggler_newest_thread(void) {
  return straggler_arena != NULL ? (uint32_t)__atomic_load_n(&straggler_arena->threads_created, __ATOMIC_ACQUIRE) : 0;
}

STRAGGLER_UNINSTRUMENTED_END
