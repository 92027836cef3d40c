// Programs that confine themselves by seccomp(2): a filter may end the process for any system call that it does not list.
//
// Nobody can ask what a filter allows without making the call. So once the program has installed one, the recorder makes no
// system call any more, in any thread: memory is taken ahead, what finds no room is counted, and at the exit it is the command
// line that stops the threads, from outside.
#include <fcntl.h>

#include "directory.h"
#include "state.h"
#include "straggler_confinement.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { RESERVED_THREADS = 64, RESERVED_FILES = 256, RESERVED_SECTIONS = 64, RESERVED_NAMES = 1024 };

static uint32_t confined;
static uint32_t calls_under_way;  // how many threads are between `straggler_begin_calls` and `straggler_end_calls`
static size_t place_of_thread_id;  // in struct pthread, which a thread's handle is the address of; 0: not found

bool straggler_is_confined(void) { return __atomic_load_n(&confined, __ATOMIC_ACQUIRE) != 0; }

bool straggler_begin_calls(void) {
  __atomic_fetch_add(&calls_under_way, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&confined, __ATOMIC_SEQ_CST) == 0) return true;
  straggler_end_calls();
  return false;
}

void straggler_end_calls(void) {
  // Not below 0: a child that was forked in the middle (by a signal's handler) began to count anew.
  if (__atomic_fetch_sub(&calls_under_way, 1, __ATOMIC_SEQ_CST) == 0) straggler_calls_reset();
}

void straggler_calls_reset(void) { calls_under_way = 0; }

/// A filter that comes over all threads at once (SECCOMP_FILTER_FLAG_TSYNC) would find some of them just before a call. Not for long: one
/// that left by longjmp in a signal's handler never says so.
static void await_calls_under_way(void) {
  const uint64_t patience = 1000000000;  // nanoseconds
  uint64_t deadline = straggler_now() + patience;
  while (__atomic_load_n(&calls_under_way, __ATOMIC_SEQ_CST) != 0 && straggler_now() < deadline) {
    straggler_syscall1(SYS_sched_yield, 0);
  }
  straggler_calls_reset();  // nobody waits a second time for one that left
}

// MARK: - What is needed from then on

/// Takes the memory of a region's entries below `end`, as far as there are any. Where it is refused, less is recorded later.
static void reserve(enum StragglerRegionIndex region, uint32_t end) {
  const StragglerRegion *plan = straggler_region(region);
  if (end > plan->capacity) end = plan->capacity;
  straggler_commit(plan->offset, (uint64_t)end * plan->entry_size);
}

static uint32_t used_of(enum StragglerRegionIndex region) {
  return __atomic_load_n(&straggler_region(region)->used, __ATOMIC_ACQUIRE);
}

/// glibc keeps a thread's kernel id in its struct pthread; where in it may differ from version to version. Not in the part that compilers
/// know, which begins with small numbers of other meanings (tcbhead_t, sysdeps/x86_64/nptl/tls.h: 704 bytes).
static void find_place_of_thread_id(const StragglerThread *self) {
  const size_t known = 704, size = 2304;  // of struct pthread in glibc 2.36
  for (size_t place = known; place < size; place += sizeof(int32_t)) {
    if (*(const int32_t *)((const char *)pthread_self() + place) != self->tid) continue;
    place_of_thread_id = place;
    return;
  }
}

int32_t straggler_thread_id(void) {
  if (straggler_begin_calls()) {
    int32_t thread = (int32_t)straggler_syscall1(SYS_gettid, 0);
    straggler_end_calls();
    return thread;
  }
  return place_of_thread_id != 0 ? *(const int32_t *)((const char *)pthread_self() + place_of_thread_id) : 0;
}

uint64_t straggler_event_time(void) {
  if (!straggler_begin_calls()) return STRAGGLER_BEGUN_UNTIMED;
  uint64_t now = straggler_now();
  straggler_end_calls();
  return now;
}

// MARK: - The beginning

bool straggler_confine(void) {
  StragglerThread *self = straggler_self();
  // A child of vfork confines itself, and not the process whose memory it runs in: it has no slot.
  if (self == NULL || straggler_is_confined()) return false;
  straggler_modules_refresh();
  find_place_of_thread_id(self);
  uint32_t threads = used_of(STRAGGLER_REGION_THREADS);
  reserve(STRAGGLER_REGION_THREADS, threads + RESERVED_THREADS);
  reserve(STRAGGLER_REGION_OVERFLOW, threads);  // a block belongs to the slot of the same index
  reserve(STRAGGLER_REGION_FILES, RESERVED_FILES);
  reserve(STRAGGLER_REGION_SECTIONS, used_of(STRAGGLER_REGION_SECTIONS) + RESERVED_SECTIONS);
  reserve(STRAGGLER_REGION_NAMES, used_of(STRAGGLER_REGION_NAMES) + RESERVED_NAMES);
  __atomic_fetch_or(&straggler_arena->flags, STRAGGLER_ARENA_CONFINED, __ATOMIC_RELAXED);
  __atomic_store_n(&confined, 1, __ATOMIC_SEQ_CST);
  await_calls_under_way();
  return true;
}

void straggler_confinement_failed(void) {
  __atomic_fetch_and(&straggler_arena->flags, ~(uint32_t)STRAGGLER_ARENA_CONFINED, __ATOMIC_RELAXED);
  __atomic_store_n(&confined, 0, __ATOMIC_RELEASE);
}

/// "Seccomp_filters:", proc(5), Linux 5.9: how many are in force. False where that can't be known.
static bool count_filters(uint64_t *count) {
  static char text[4096];  // a little more than half of it is used; there is one start
  long file = straggler_open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  long length = straggler_syscall3(SYS_read, file, (long)text, sizeof text - 1);
  straggler_syscall1(SYS_close, file);
  text[length < 0 ? 0 : length] = 0;
  const char *name = "Seccomp_filters:", *at = strstr(text, name);
  if (at == NULL) return false;
  at += strlen(name);
  at += strspn(at, "\t ");
  return straggler_parse_number(&at, count);
}

bool straggler_was_confined_before(char **environment) {
  const char *at = straggler_environment_value(environment, "STRAGGLER_FILTERS");
  uint64_t before, now;
  return at != NULL && straggler_parse_number(&at, &before) && count_filters(&now) && now > before;
}

// MARK: - The end

void straggler_wait_without_calls(void) { __builtin_ia32_pause(); }

// There is no clock and no way to sleep: whoever waits here gives up after some billion turns of the processor.
bool straggler_stop_from_outside(void) {
  const uint32_t until_taken = UINT32_C(30000000), until_done = UINT32_C(1000000000);
  uint32_t *word = &straggler_arena->outside_stop;
  bool is_observed = !(straggler_arena->flags & STRAGGLER_ARENA_STANDALONE);
  if (is_observed) __atomic_store_n(word, STRAGGLER_OUTSIDE_STOP_ASKED, __ATOMIC_RELEASE);
  uint32_t state = STRAGGLER_OUTSIDE_STOP_ASKED;
  for (uint32_t turn = 0; is_observed && turn < until_done; turn++) {
    state = __atomic_load_n(word, __ATOMIC_ACQUIRE);
    if (state == STRAGGLER_OUTSIDE_STOP_DONE) return true;
    if (state == STRAGGLER_OUTSIDE_STOP_ASKED && turn > until_taken) break;
    straggler_wait_without_calls();
  }
  return false;
}

STRAGGLER_UNINSTRUMENTED_END
