// Thread slots: claimed before a thread exists, kept while anybody may still ask about it.
//
// A slot is counted: one reference of the thread itself, one of its creator until pthread_create returned, one for its
// being joinable. A thread that ends with a lock in its hand keeps its own reference: the slot stays for the report.
#include "exitwatch.h"
#include "state.h"
#include "straggler_confinement.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

__thread StragglerThread *straggler_current;

pthread_key_t straggler_end_key;

// Bookkeeping that no report needs, so not in the arena; same index as the slot.
enum { SLOTS = 32768 };
static uint32_t references[SLOTS];
static pthread_t handles[SLOTS];
static bool leaving[SLOTS];  // somebody is just joining or detaching the thread
static uint32_t next_slot;
// Of the thread that a slot's own creates next; name is NULL where nothing was said.
static struct {
  const char *name;
  bool daemon;
  uint32_t number;
} announcements[SLOTS];

uint32_t straggler_orphaning_threads;
static uint32_t lost_at_creation;  // threads that found no slot then, and have not called anything since
static uint32_t freed_slots;  // how many slots that were in use are free again

void straggler_slots_reset(void) {
  memset(references, 0, sizeof references);
  memset(handles, 0, sizeof handles);
  memset(leaving, 0, sizeof leaving);
  next_slot = 0;
  freed_slots = 0;
  lost_at_creation = 0;
}

/// Takes a slot that nobody has. False where somebody has it.
static bool reserve(uint32_t index, uint32_t count) {
  uint32_t nobody = 0;
  return __atomic_load_n(&references[index], __ATOMIC_RELAXED) == 0 &&
         __atomic_compare_exchange_n(&references[index], &nobody, count, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/// Takes the memory of a slot, and of fresh ones below it: others have reserved these and may be cut off before they come to
/// that, and who looks through the slots in use has to find memory behind each.
static StragglerThread *take_memory(uint32_t index) {
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t below = used; below < index; below++) {
    if (straggler_entry(STRAGGLER_REGION_THREADS, below) == NULL) return NULL;
  }
  return straggler_entry(STRAGGLER_REGION_THREADS, index);
}

/// Makes a reserved slot a new thread's. NULL where its memory is refused.
static StragglerThread *begin_slot(uint32_t index) {
  StragglerThread *slot = take_memory(index);
  if (slot == NULL) {
    __atomic_store_n(&references[index], 0, __ATOMIC_RELEASE);
    return NULL;
  }
  __atomic_store_n(&slot->state, STRAGGLER_SLOT_CLAIMED, __ATOMIC_RELEASE);
  // The holds' sequence numbers go on: a reader of the old thread must not take the new one's entry for it.
  straggler_clear_bytes((char *)slot + sizeof slot->state, offsetof(StragglerThread, holds) - sizeof slot->state);
  for (int hold = 0; hold < STRAGGLER_INLINE_HOLDS; hold++) slot->holds[hold].resource = 0;
  slot->number = __atomic_add_fetch(&straggler_arena->threads_created, 1, __ATOMIC_RELAXED);
  announcements[index].name = NULL;
  announcements[index].number = 0;
  straggler_origin_forget(slot);
  straggler_note_used(STRAGGLER_REGION_THREADS, index);
  return slot;
}

static void free_slot(StragglerThread *slot) {
  uint32_t index = straggler_slot_index(slot);
  // While nobody can claim it: a new thread's slot must not be found by the old one's handle.
  __atomic_store_n(&handles[index], 0, __ATOMIC_RELEASE);
  __atomic_store_n(&leaving[index], false, __ATOMIC_RELEASE);
  __atomic_store_n(&slot->state, STRAGGLER_SLOT_FREE, __ATOMIC_RELEASE);
  // During the freeze no slot becomes another thread's: what is written into it is about the one it had.
  if (__atomic_load_n(&straggler_arena->exit.phase, __ATOMIC_ACQUIRE) >= STRAGGLER_PHASE_FREEZING) return;
  __atomic_store_n(&next_slot, index, __ATOMIC_RELAXED);
  __atomic_fetch_add(&freed_slots, 1, __ATOMIC_RELAXED);
  __atomic_store_n(&references[index], 0, __ATOMIC_RELEASE);
}

/// The slot that was freed last, else another one that was freed; UINT32_MAX where there is none.
static uint32_t reserve_freed(uint32_t used, uint32_t count) {
  uint32_t hint = __atomic_load_n(&next_slot, __ATOMIC_RELAXED);
  for (uint32_t step = 0; step < used && __atomic_load_n(&freed_slots, __ATOMIC_RELAXED) > 0; step++) {
    uint32_t index = (hint + step) % used;
    if (!reserve(index, count)) continue;
    __atomic_fetch_sub(&freed_slots, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&next_slot, index + 1, __ATOMIC_RELAXED);
    return index;
  }
  return UINT32_MAX;
}

StragglerThread *straggler_slot_claim(uint32_t count) {
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_THREADS);
  uint32_t used = __atomic_load_n(&region->used, __ATOMIC_ACQUIRE);
  uint32_t index = reserve_freed(used, count);
  if (index == UINT32_MAX) {
    // A fresh one: others may be taking these at the same time.
    for (index = used; index < region->capacity && !reserve(index, count);) index++;
  }
  return index < region->capacity ? begin_slot(index) : NULL;
}

void straggler_slot_release(StragglerThread *slot) {
  enum { FREEING = 1u << 31 };  // neither free nor anybody's: nobody can claim it before its state says so too
  uint32_t index = straggler_slot_index(slot);
  uint32_t count = __atomic_load_n(&references[index], __ATOMIC_RELAXED);
  uint32_t next;
  do {
    next = count == 1 ? FREEING : count - 1;
  } while (!__atomic_compare_exchange_n(&references[index], &count, next, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
  if (next == FREEING) free_slot(slot);
}

// MARK: - Creation

void straggler_announce_thread(const StragglerThread *creator, const char *name, bool daemon) {
  uint32_t index = straggler_slot_index(creator);
  announcements[index].name = name;
  announcements[index].daemon = daemon;
  announcements[index].number = 0;
}

uint32_t straggler_announced_number(const StragglerThread *creator) {
  uint32_t index = straggler_slot_index(creator);
  announcements[index].name = NULL;
  return announcements[index].number;
}

static void take_announcement(const StragglerThread *creator, StragglerThread *slot) {
  uint32_t index = straggler_slot_index(creator);
  if (announcements[index].name == NULL) return;
  straggler_copy_string(slot->name, announcements[index].name, sizeof slot->name);
  slot->flags |= STRAGGLER_THREAD_DECLARED | (announcements[index].daemon ? STRAGGLER_THREAD_DAEMON : 0);
  announcements[index].name = NULL;
  announcements[index].number = slot->number;
}

StragglerThread *straggler_thread_prepare(
  StragglerThread *creator, pthread_t *handle, void *(*start)(void *), void *argument, bool detached,
  StragglerStackPlan stack, StragglerCaller caller
) {
  StragglerThread *slot = straggler_slot_claim(detached ? 2 : 3);
  if (slot == NULL) {
    straggler_note_lost(STRAGGLER_REGION_THREADS);
    __atomic_fetch_add(&lost_at_creation, 1, __ATOMIC_RELAXED);
    return NULL;
  }
  slot->flags = detached ? STRAGGLER_THREAD_DETACHED : 0;
  slot->start_routine = (uint64_t)start;
  slot->start_argument = (uint64_t)argument;
  slot->handle_address = (uint64_t)handle;
  slot->creator = creator->number;
  straggler_origin_note(slot, creator);
  take_announcement(creator, slot);
  // Until it has run: where its stack is, and how large.
  slot->stack_low = stack.address;
  slot->stack_high = stack.size;
  straggler_capture(creator, caller, &slot->creation, slot->creation_stack, sizeof slot->creation_stack);
  __atomic_store_n(&slot->state, STRAGGLER_SLOT_STARTING, __ATOMIC_RELEASE);
  return slot;
}

/// One of the losses that were counted at a creation is a thread's that is known now. False where there is none.
static bool take_loss(void) {
  uint32_t counted = __atomic_load_n(&lost_at_creation, __ATOMIC_RELAXED);
  while (counted > 0) {
    if (__atomic_compare_exchange_n(&lost_at_creation, &counted, counted - 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      return true;
    }
  }
  return false;
}

/// A thread that would have found no room is not there. Another one that found none may have been taken for it meanwhile
/// (`note_late_loss`): then one is missing all the same.
static void cancel_loss(void) {
  if (take_loss()) __atomic_fetch_sub(&straggler_region(STRAGGLER_REGION_THREADS)->lost, 1, __ATOMIC_RELAXED);
}

void straggler_thread_cancel(const StragglerThread *creator, StragglerThread *slot) {
  announcements[straggler_slot_index(creator)].number = 0;
  if (slot != NULL) free_slot(slot);
  else cancel_loss();
}

static void yield(void) {
  if (!straggler_begin_calls()) {
    straggler_wait_without_calls();
    return;
  }
  straggler_syscall1(SYS_sched_yield, 0);
  straggler_end_calls();
}

/// MemorySanitizer's, where the recorder is linked into a program that is built with it: what we store is no garbage to it.
extern void __msan_unpoison(const volatile void *address, size_t size) __attribute__((weak));

/// glibc stores the handle before the new thread runs, and not again: a program may read it in the new thread, or end the
/// thread and free the memory behind it. So whoever comes first, creator or new thread, stores it, and the other one waits
/// for that one store.
static void store_handle(StragglerThread *slot, pthread_t handle) {
  enum { UNSTORED, STORING, STORED };
  uint32_t state = UNSTORED;
  if (__atomic_compare_exchange_n(&slot->handle_state, &state, STORING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    *(pthread_t *)slot->handle_address = handle;
    if (__msan_unpoison != NULL) __msan_unpoison((const void *)slot->handle_address, sizeof handle);
    __atomic_store_n(&slot->handle_state, STORED, __ATOMIC_RELEASE);
    return;
  }
  while (__atomic_load_n(&slot->handle_state, __ATOMIC_ACQUIRE) != STORED) yield();
}

void straggler_thread_created(StragglerThread *slot, pthread_t handle) {
  store_handle(slot, handle);
  slot->handle = handle;
  __atomic_store_n(&handles[straggler_slot_index(slot)], handle, __ATOMIC_RELEASE);
  straggler_slot_release(slot);
  if (__builtin_expect(straggler_watched_thread != NULL, 0)) straggler_watch_thread_made();
}

void straggler_set_stack(StragglerThread *slot, uint64_t low, uint64_t high) {
  slot->stack_low = low;
  slot->stack_high = high;
  slot->window_room = high - low > STRAGGLER_WINDOW ? high - low - STRAGGLER_WINDOW : 0;
}

void straggler_slot_begin(StragglerThread *slot) {
  slot->tid = straggler_thread_id();
  slot->handle = pthread_self();
  __atomic_store_n(&handles[straggler_slot_index(slot)], slot->handle, __ATOMIC_RELEASE);
  __atomic_store_n(&slot->state, STRAGGLER_SLOT_ALIVE, __ATOMIC_RELEASE);
  straggler_current = slot;
  pthread_setspecific(straggler_end_key, slot);
}

void straggler_thread_trust_libc(StragglerThread *self) {
  // Its creator may be detaching it at the same time.
  __atomic_fetch_or(&self->flags, STRAGGLER_THREAD_OF_LIBC, __ATOMIC_RELAXED);
  self->quick_room = straggler_has_avx ? self->window_room : 0;
}

/// Where the stack that libc made ends; the guard lies below (glibc 2.27 and later add it to what was asked for). The thread's
/// struct pthread, which its handle is the address of, stands
/// at the top of it, and its top is a page's end (nptl/allocatestack.c; struct pthread has 2,304 bytes in glibc 2.36, and less
/// than a page more in every version). A stack from libc's cache may be larger than was asked for: then less is taken for it.
static uint64_t low_end(uint64_t size) {
  uint64_t top = ((uint64_t)pthread_self() + 2304 + STRAGGLER_PAGE - 1) & ~(uint64_t)(STRAGGLER_PAGE - 1);
  return top - size;
}

/// A sanitizer's own first steps in a new thread come before ours, and make a slot for a thread that nobody was seen creating.
static void give_up_early_slot(StragglerThread *slot) {
  StragglerThread *early = straggler_current;
  if (!straggler_is_slot(early) || early == slot) return;
  slot->alternate_stack = early->alternate_stack;
  slot->alternate_stack_size = early->alternate_stack_size;
  straggler_current = STRAGGLER_SLOTLESS;
  straggler_slot_release(early);
}

void straggler_thread_begin(StragglerThread *slot, const void *frame) {
  give_up_early_slot(slot);
  uint64_t address = slot->stack_low, size = slot->stack_high;
  // Above a thread's first frame stand those of start_thread and, on the same mapping, its struct pthread: 256 bytes more
  // are always there, and hold what unwinding needs to see that this is the end.
  uint64_t high = ((uint64_t)frame & ~UINT64_C(15)) + 256;
  straggler_set_stack(slot, address != 0 ? address : low_end(size), high);
  straggler_slot_begin(slot);
  if (slot->tid != 0) straggler_thread_trust_libc(slot);
  store_handle(slot, slot->handle);
  // Here, where the thread has no lock of the program's yet, and not in its creator: the loader has a lock of its own.
  straggler_modules_refresh();
}

/// Of a thread that finds no room when it first calls something: it was counted when it was created, where that was seen.
static void note_late_loss(void) {
  if (!take_loss()) straggler_note_lost(STRAGGLER_REGION_THREADS);
}

StragglerThread *straggler_adopt_self(void) {
  bool is_counted = straggler_current == STRAGGLER_SLOTLESS;
  straggler_current = STRAGGLER_SLOTLESS;  // what the adoption itself calls is not recorded
  StragglerThread *slot = straggler_slot_claim(1);
  if (slot == NULL) {
    if (!is_counted) note_late_loss();
    return NULL;
  }
  slot->flags = STRAGGLER_THREAD_ADOPTED | STRAGGLER_THREAD_DETACHED;
  straggler_slot_begin(slot);
  return slot;
}

// MARK: - The end

StragglerThread *straggler_revive_self(void) {
  int32_t tid = straggler_thread_id();
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot->state != STRAGGLER_SLOT_ENDED || slot->tid != tid || (slot->flags & STRAGGLER_THREAD_JOINED)) continue;
    slot->flags &= ~(uint32_t)STRAGGLER_THREAD_MAIN_ENDED;
    __atomic_store_n(&slot->state, STRAGGLER_SLOT_ALIVE, __ATOMIC_RELEASE);
    straggler_current = slot;
    return slot;
  }
  return straggler_adopt_self();
}

static bool holds_anything(StragglerThread *slot) {
  for (uint32_t index = 0; index < slot->hold_top; index++) {
    if (straggler_is_held(straggler_hold_at(slot, index))) return true;
  }
  return false;
}

static void end_slot(StragglerThread *slot) {
  slot->wait.kind = STRAGGLER_RESOURCE_NONE;
  slot->operation = STRAGGLER_OPERATION_NONE;
  if (slot->flags & STRAGGLER_THREAD_MAIN) slot->flags |= STRAGGLER_THREAD_MAIN_ENDED;
  bool orphans = holds_anything(slot);
  if (orphans) __atomic_fetch_add(&straggler_orphaning_threads, 1, __ATOMIC_RELEASE);
  bool keeps = orphans || (slot->flags & STRAGGLER_THREAD_MAIN);
  __atomic_store_n(&slot->state, STRAGGLER_SLOT_ENDED, __ATOMIC_RELEASE);
  if (!keeps) straggler_slot_release(slot);
}

static void thread_ended(StragglerThread *slot) {
  straggler_current = STRAGGLER_IGNORED;
  end_slot(slot);
}

// No more than a word, and no system call: the program may have forbidden all others, and a child in this memory that nobody saw being
// made may have the thread-local storage of its maker, who goes on. What the kernel says of the thread at the freeze counts for more.
void straggler_thread_leaves(void) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL || (self->flags & STRAGGLER_THREAD_MAIN)) return;  // main's may be the process's end
  __atomic_fetch_or(&self->flags, STRAGGLER_THREAD_LEAVING, __ATOMIC_RELAXED);
}

/// The end key's destructor. It puts itself back until the last round, so that what other destructors still unlock is seen
/// (PTHREAD_DESTRUCTOR_ITERATIONS is 4 in glibc, limits.h).
static void end_key_destructor(void *value) {
  StragglerThread *slot = value;
  if (!straggler_guard.recording || straggler_self() != slot) return;
  enum { ROUNDS = 4 };
  if (++slot->end_rounds < ROUNDS) {
    pthread_setspecific(straggler_end_key, slot);
    return;
  }
  thread_ended(slot);
}

__attribute__((visibility("hidden"))) bool straggler_end_key_make(void) {
  return pthread_key_create(&straggler_end_key, end_key_destructor) == 0;
}

// MARK: - What others do with a thread

static bool is_joinable_or_alive(uint32_t index) {
  const StragglerThread *slot = straggler_slot(index);
  bool gone = __atomic_load_n(&references[index], __ATOMIC_ACQUIRE) == 0 ||
              (slot->flags & (STRAGGLER_THREAD_JOINED | STRAGGLER_THREAD_ADOPTED)) == STRAGGLER_THREAD_JOINED;
  return !gone && !(slot->state == STRAGGLER_SLOT_ENDED && (slot->flags & STRAGGLER_THREAD_DETACHED));
}

StragglerThread *straggler_thread_with_handle(pthread_t handle) {
  if (straggler_arena == NULL || !straggler_guard.recording) return NULL;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  StragglerThread *second_choice = NULL;
  for (uint32_t index = 0; index < used; index++) {
    if (__atomic_load_n(&handles[index], __ATOMIC_ACQUIRE) != handle || !is_joinable_or_alive(index)) continue;
    // Nor is an adopted slot the right one while the thread's own is there (see `give_up_early_slot`).
    bool is_second = __atomic_load_n(&leaving[index], __ATOMIC_ACQUIRE) ||
                     (straggler_slot(index)->flags & STRAGGLER_THREAD_ADOPTED);
    // The slot may have changed hands while it was looked at.
    if (__atomic_load_n(&handles[index], __ATOMIC_ACQUIRE) != handle) continue;
    if (!is_second) return straggler_slot(index);
    second_choice = straggler_slot(index);
  }
  return second_choice;
}

StragglerThread *straggler_thread_take_leave(pthread_t handle) {
  StragglerThread *slot = straggler_thread_with_handle(handle);
  if (slot != NULL) __atomic_store_n(&leaving[straggler_slot_index(slot)], true, __ATOMIC_RELEASE);
  return slot;
}

void straggler_thread_stay(StragglerThread *slot) {
  __atomic_store_n(&leaving[straggler_slot_index(slot)], false, __ATOMIC_RELEASE);
}

/// Whether the reference of being joinable is the caller's to give up: it is, once.
static bool settle(StragglerThread *slot, uint32_t how) {
  uint32_t before = __atomic_fetch_or(&slot->flags, how, __ATOMIC_ACQ_REL);
  return !(before & (STRAGGLER_THREAD_JOINED | STRAGGLER_THREAD_DETACHED | STRAGGLER_THREAD_MAIN));
}

void straggler_thread_joined(StragglerThread *slot, uint32_t number) {
  // After the record its threads may end without saying so. Nobody keeps an adopted thread's slot for its join.
  if (!straggler_guard.recording || slot->number != number) return;
  // It is gone, and has not said so: it left by a raw system call.
  if (slot->flags & STRAGGLER_THREAD_ADOPTED) return;
  if (slot->state == STRAGGLER_SLOT_ALIVE) end_slot(slot);
  if (settle(slot, STRAGGLER_THREAD_JOINED)) straggler_slot_release(slot);
}

void straggler_thread_detached(StragglerThread *slot) {
  if (!settle(slot, STRAGGLER_THREAD_DETACHED)) return;
  // As long as it lives it can still be named; its slot is not asked for any more once it has ended.
  straggler_thread_stay(slot);
  straggler_slot_release(slot);
}

void straggler_thread_named(StragglerThread *slot, const char *name) {
  straggler_copy_string(slot->name, name, sizeof slot->name);
}

STRAGGLER_UNINSTRUMENTED_END
