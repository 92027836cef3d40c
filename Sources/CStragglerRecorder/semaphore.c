// Semaphores that are used as locks.
//
// A semaphore has no owner: any thread may give back what another one took. What can be said is who took it last, and only
// a semaphore that was made with one token, by another thread than its taker, is likely to be a lock: CPython's locks up to
// 3.13.0 are, while what its threads wait on (conditions, sentinels) each thread makes for itself. One whose maker took the token and
// that another thread then posts is a signal, whoever takes it next: that is how a sentinel ends that the interpreter ends.
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

typedef struct Semaphore {
  uint64_t address;  // 0: never used; 1: given up
  uint32_t maker;
  uint32_t taker;
} Semaphore;

enum { SEMAPHORES = 1 << 16, PROBES = 32, GIVEN_UP = 1 };
static Semaphore semaphores[SEMAPHORES];

void straggler_semaphores_reset(void) {
  // Who took which, the parent's thread numbers say. Only entries in use are touched: the table is mostly untouched memory.
  for (uint32_t index = 0; index < SEMAPHORES; index++) {
    if (semaphores[index].address > GIVEN_UP) semaphores[index].taker = semaphores[index].maker = 0;
  }
}

static uint32_t place_of(uint64_t address) {
  return (uint32_t)((address >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 48) & (SEMAPHORES - 1);
}

static Semaphore *find(const void *semaphore) {
  uint32_t place = place_of((uint64_t)semaphore);
  for (uint32_t probe = 0; probe < PROBES; probe++) {
    Semaphore *entry = &semaphores[(place + probe) & (SEMAPHORES - 1)];
    uint64_t address = __atomic_load_n(&entry->address, __ATOMIC_ACQUIRE);
    if (address == (uint64_t)semaphore) return entry;
    if (address == 0) return NULL;
  }
  return NULL;
}

static Semaphore *claim(const void *semaphore) {
  uint32_t place = place_of((uint64_t)semaphore);
  for (uint32_t probe = 0; probe < PROBES; probe++) {
    Semaphore *entry = &semaphores[(place + probe) & (SEMAPHORES - 1)];
    uint64_t address = __atomic_load_n(&entry->address, __ATOMIC_ACQUIRE);
    if (address > GIVEN_UP) continue;
    if (__atomic_compare_exchange_n(
          &entry->address, &address, (uint64_t)semaphore, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
      return entry;
    }
  }
  straggler_note_lost(STRAGGLER_REGION_NAMES);
  return NULL;
}

static uint32_t own_number(void) {
  StragglerThread *self = straggler_current;
  return straggler_is_slot(self) ? self->number : 0;
}

/// Returns who had the token; its maker's having it is no hold.
static uint32_t drop_taker(Semaphore *entry, const void *semaphore) {
  uint32_t taker = __atomic_exchange_n(&entry->taker, 0, __ATOMIC_ACQ_REL);
  if (taker == 0 || taker == entry->maker) return taker;
  if (taker == own_number()) {
    straggler_pop_hold(straggler_current, semaphore);
  } else {
    straggler_drop_hold(taker, (uint64_t)semaphore);
  }
  return taker;
}

void straggler_semaphore_made(StragglerThread *self, const void *semaphore, unsigned value) {
  straggler_semaphore_destroyed(semaphore);  // made again where another one was freed
  Semaphore *entry = value == 1 ? claim(semaphore) : NULL;
  if (entry == NULL) return;
  entry->maker = self->number;
  __atomic_store_n(&entry->taker, 0, __ATOMIC_RELEASE);
}

bool straggler_semaphore_is_known(const void *semaphore) { return find(semaphore) != NULL; }

bool straggler_semaphore_is_gone(const void *semaphore) {
  if (find(semaphore) == NULL || !straggler_begin_calls()) return false;
  uint8_t byte;
  bool is_gone = straggler_read_memory((uint64_t)semaphore, &byte, 1) == 0;
  straggler_end_calls();
  return is_gone;
}

void straggler_semaphore_destroyed(const void *semaphore) {
  Semaphore *entry = find(semaphore);
  if (entry == NULL) return;
  drop_taker(entry, semaphore);
  __atomic_store_n(&entry->address, GIVEN_UP, __ATOMIC_RELEASE);
}

void straggler_semaphore_taken(StragglerThread *self, const void *semaphore, StragglerCaller caller) {
  Semaphore *entry = find(semaphore);
  if (entry == NULL || !straggler_guard.recording) return;
  StragglerHolding how = {STRAGGLER_RESOURCE_SEMAPHORE, STRAGGLER_MODE_EXCLUSIVE, 0};
  if (entry->maker != self->number) straggler_push_hold(self, semaphore, how, caller, STRAGGLER_WIDE_WINDOW);
  __atomic_store_n(&entry->taker, self->number, __ATOMIC_RELEASE);
}

void straggler_semaphore_posted(const void *semaphore) {
  Semaphore *entry = find(semaphore);
  if (entry == NULL || !straggler_guard.recording) return;
  uint32_t taker = drop_taker(entry, semaphore), own = own_number();
  bool is_signal = taker != 0 && taker == entry->maker && own != 0 && own != taker;
  if (is_signal) __atomic_store_n(&entry->address, GIVEN_UP, __ATOMIC_RELEASE);
}

STRAGGLER_UNINSTRUMENTED_END
