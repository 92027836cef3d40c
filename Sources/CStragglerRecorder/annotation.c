// straggler.h's other side: what programs say of themselves, and what the thread runtime says of its threads.
#define _GNU_SOURCE
#include "straggler.h"

#include "state.h"
#include "straggler_runtime.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

#define EXPORTED __attribute__((visibility("default")))

// MARK: - Threads

EXPORTED void straggler_record_thread_set_name(const char *name) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_thread_named(self, name != NULL ? name : "");
}

EXPORTED void straggler_record_thread_set_daemon(bool daemon) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return;
  if (!daemon) __atomic_fetch_and(&self->flags, ~(uint32_t)STRAGGLER_THREAD_DAEMON, __ATOMIC_RELAXED);
  uint32_t said = STRAGGLER_THREAD_DECLARED | (daemon ? STRAGGLER_THREAD_DAEMON : 0);
  __atomic_fetch_or(&self->flags, said, __ATOMIC_RELAXED);  // others may be saying that it was detached
}

EXPORTED void straggler_record_next_thread(const char *name, bool daemon) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_announce_thread(self, name != NULL ? name : "", daemon);
}

EXPORTED uint32_t straggler_record_next_thread_number(void) {
  StragglerThread *self = straggler_self();
  return self != NULL ? straggler_announced_number(self) : 0;
}

uint32_t straggler_thread_number(void) {
  StragglerThread *self = straggler_self();
  return self != NULL ? self->number : 0;
}

void straggler_wait_begin_join(uint32_t thread_number) {
  StragglerThread *self = straggler_self();
  if (self != NULL) {
    straggler_begin_wait(self, STRAGGLER_RESOURCE_JOIN, 0, NULL, thread_number, STRAGGLER_CALLER());
  }
}

void straggler_wait_begin_condition(const void *mutex, bool timed) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return;
  uint8_t mode = timed ? STRAGGLER_MODE_TIMED : 0;
  straggler_begin_wait(self, STRAGGLER_RESOURCE_CONDITION, mode, mutex, (uint64_t)mutex, STRAGGLER_CALLER());
}

void straggler_wait_end(void) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_end_wait(self, true);
}

// MARK: - Critical sections

/// Where to look first for a free entry.
static uint32_t next_section;

static StragglerSection *claim_section(uint32_t *index) {
  uint32_t capacity = straggler_region(STRAGGLER_REGION_SECTIONS)->capacity;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_SECTIONS)->used, __ATOMIC_RELAXED);
  uint32_t hint = __atomic_load_n(&next_section, __ATOMIC_RELAXED);
  for (uint32_t step = 0; step <= used; step++) {
    *index = (hint + step) % (used + 1);
    if (*index >= capacity) continue;
    StragglerSection *section = straggler_entry(STRAGGLER_REGION_SECTIONS, *index);
    if (section == NULL) break;
    uint32_t expected = STRAGGLER_ENTRY_FREE;
    if (__atomic_compare_exchange_n(
          &section->state, &expected, STRAGGLER_ENTRY_CLAIMED, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      return section;
    }
  }
  straggler_note_lost(STRAGGLER_REGION_SECTIONS);
  return NULL;
}

static uint64_t enter_section(const char *name, uint64_t task, bool is_task, StragglerCaller caller) {
  StragglerThread *self = straggler_self();
  uint32_t index;
  StragglerSection *section = self != NULL ? claim_section(&index) : NULL;
  if (section == NULL) return 0;
  straggler_begin_write(&section->sequence);
  section->generation += 1;
  section->thread = self->number;
  section->task = task;
  section->is_task = is_task;
  straggler_copy_string(section->name, name != NULL ? name : "", sizeof section->name);
  straggler_capture(self, caller, &section->capture, section->stack, sizeof section->stack);
  straggler_end_write(&section->sequence);
  uint64_t token = (uint64_t)section->generation << 32 | (index + 1);
  __atomic_store_n(&section->state, STRAGGLER_ENTRY_LIVE, __ATOMIC_RELEASE);
  straggler_note_used(STRAGGLER_REGION_SECTIONS, index);
  __atomic_store_n(&next_section, index + 1, __ATOMIC_RELAXED);
  return token;
}

EXPORTED uint64_t straggler_record_section_enter(const char *name) {
  return enter_section(name, 0, false, STRAGGLER_CALLER());
}

EXPORTED uint64_t straggler_record_task_section_enter(const char *name, uint64_t task) {
  return enter_section(name, task, false, STRAGGLER_CALLER());
}

uint64_t straggler_task_begin(const char *name, uint64_t task) {
  return enter_section(name, task, true, STRAGGLER_CALLER());
}

EXPORTED void straggler_record_section_leave(uint64_t token) {
  uint32_t index = (uint32_t)token - 1, generation = (uint32_t)(token >> 32);
  if (token == 0 || straggler_arena == NULL || !straggler_guard.recording) return;
  if (index >= __atomic_load_n(&straggler_region(STRAGGLER_REGION_SECTIONS)->used, __ATOMIC_ACQUIRE)) return;
  StragglerSection *section = straggler_entry(STRAGGLER_REGION_SECTIONS, index);
  if (section == NULL || section->generation != generation) return;
  uint32_t expected = STRAGGLER_ENTRY_LIVE;
  if (__atomic_compare_exchange_n(
        &section->state, &expected, STRAGGLER_ENTRY_FREE, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    __atomic_store_n(&next_section, index, __ATOMIC_RELAXED);
  }
}

// MARK: - Locks of other languages

/// What stands for no lock in an entry is no lock's name.
static bool is_address(const void *lock) { return (uint64_t)lock > STRAGGLER_HOLD_GAP; }

EXPORTED void straggler_record_lock_acquired(const void *lock, enum straggler_lock_kind kind, bool shared) {
  StragglerThread *self = straggler_self();
  if (self == NULL || !is_address(lock)) return;
  uint8_t mode = shared ? STRAGGLER_MODE_SHARED : STRAGGLER_MODE_EXCLUSIVE;
  StragglerHolding how = {(uint8_t)kind, mode, STRAGGLER_HOLD_ANNOTATED};
  straggler_push_hold(self, lock, how, STRAGGLER_CALLER(), STRAGGLER_WIDE_WINDOW);
}

EXPORTED void straggler_record_lock_released(const void *lock) {
  StragglerThread *self = straggler_self();
  if (self != NULL && is_address(lock)) straggler_pop_hold(self, lock);
}

EXPORTED void straggler_record_lock_wait_begun(const void *lock, enum straggler_lock_kind kind) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_begin_wait(self, (uint8_t)kind, 0, lock, 0, STRAGGLER_CALLER());
}

EXPORTED void straggler_record_lock_wait_ended(void) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_end_wait(self, true);
}

// MARK: - Names of locks

static StragglerName *find_name(const void *lock) {
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_NAMES)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = used; index-- > 0;) {
    StragglerName *entry = straggler_entry(STRAGGLER_REGION_NAMES, index);
    if (entry != NULL && entry->resource == (uint64_t)lock && entry->state == STRAGGLER_ENTRY_LIVE) return entry;
  }
  return NULL;
}

/// A free entry, or a fresh one. The search begins where the last one was given back.
static uint32_t next_name;

static StragglerName *claim_name(void) {
  uint32_t capacity = straggler_region(STRAGGLER_REGION_NAMES)->capacity;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_NAMES)->used, __ATOMIC_RELAXED);
  uint32_t hint = __atomic_load_n(&next_name, __ATOMIC_RELAXED);
  for (uint32_t step = 0; step <= used; step++) {
    uint32_t index = (hint + step) % (used + 1);
    StragglerName *entry = index < capacity ? straggler_entry(STRAGGLER_REGION_NAMES, index) : NULL;
    uint32_t expected = STRAGGLER_ENTRY_FREE;
    if (entry != NULL && __atomic_compare_exchange_n(
                           &entry->state, &expected, STRAGGLER_ENTRY_CLAIMED, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      straggler_note_used(STRAGGLER_REGION_NAMES, index);
      __atomic_store_n(&next_name, index + 1, __ATOMIC_RELAXED);
      return entry;
    }
  }
  straggler_note_lost(STRAGGLER_REGION_NAMES);
  return NULL;
}

EXPORTED void straggler_record_lock_set_name(const void *lock, const char *name) {
  if (straggler_self() == NULL) return;
  StragglerName *entry = find_name(lock);
  if (entry == NULL) entry = claim_name();
  if (entry == NULL) return;
  entry->resource = (uint64_t)lock;
  straggler_copy_string(entry->name, name != NULL ? name : "", sizeof entry->name);
  __atomic_store_n(&entry->state, STRAGGLER_ENTRY_LIVE, __ATOMIC_RELEASE);
}

EXPORTED void straggler_record_lock_forget_name(const void *lock) {
  if (straggler_self() == NULL) return;
  StragglerName *entry = find_name(lock);
  if (entry == NULL) return;
  __atomic_store_n(&entry->state, STRAGGLER_ENTRY_FREE, __ATOMIC_RELEASE);
  uint32_t index = (uint32_t)(entry - (StragglerName *)straggler_entry(STRAGGLER_REGION_NAMES, 0));
  __atomic_store_n(&next_name, index, __ATOMIC_RELAXED);
}

void straggler_annotations_reset(void) {
  next_section = 0;
  next_name = 0;
}

STRAGGLER_UNINSTRUMENTED_END
