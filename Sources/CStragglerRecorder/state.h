// What the recorder's own files share: where the arena is, and how memory in it is taken.
#ifndef STRAGGLER_STATE_H
#define STRAGGLER_STATE_H

#include <signal.h>
#include <sys/resource.h>
#include <ucontext.h>

#include "StragglerRecorder.h"
#include "rawsyscall.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

#pragma GCC visibility push(hidden)

/// The mapped arena; NULL where nothing is recorded.
extern StragglerArenaHeader *straggler_arena;

/// The key whose destructor is a thread's last event.
extern pthread_key_t straggler_end_key;

/// What the environment asked for, copied at the start: the program may change its environment.
typedef struct StragglerSettings {
  char socket[108];       // STRAGGLER_SOCKET: where the command line receives arenas; empty where nobody observes
  char renderer[1024];    // the executable that renders a report for a program that nobody observes; empty: none found
  uint64_t exit_timeout;  // of STRAGGLER_OPTIONS, nanoseconds; 0: none
  uint64_t main_stack_low;
  uint64_t main_stack_high;
} StragglerSettings;
extern StragglerSettings straggler_settings;

/// Makes an arena and maps it, at `where` if that is not NULL (a forked child keeps its parent's addresses). Leaves its
/// descriptor in `descriptor`. False where the kernel refuses.
bool straggler_arena_make(void *where, int *descriptor);

/// Lets a file of ours have `size` bytes: beyond RLIMIT_FSIZE a call would end the program by SIGXFSZ (setrlimit(2)). Only
/// the soft limit can be lifted: false where the hard one forbids it, and then nothing was changed. `before` takes the limit
/// as it was, for `straggler_restore_file_limit`.
bool straggler_lift_file_limit(uint64_t size, struct rlimit *before);
void straggler_restore_file_limit(const struct rlimit *before);

/// Takes the memory behind these bytes of the arena: space in the file, and access to it. Idempotent. False where there is
/// none, and then the bytes must not be touched. Space is taken here, so that a full memory is an error and not a SIGBUS
/// in the observed program.
bool straggler_commit(uint64_t offset, uint64_t length);

/// One bit a page of the arena: set once its space is taken.
extern uint64_t straggler_committed[];

static inline bool straggler_is_taken(uint64_t page) {
  return __atomic_load_n(&straggler_committed[page / 64], __ATOMIC_ACQUIRE) >> (page % 64) & 1;
}

/// Whether these bytes may be touched: in a forked child, those of its parent's arena that were taken before the fork.
bool straggler_is_committed(const void *start, uint64_t length);

/// The entry of a region; its memory is taken on the way. NULL where there is none.
void *straggler_entry(enum StragglerRegionIndex region, uint32_t index);

/// Raises a region's high-water mark to include `index`.
void straggler_note_used(enum StragglerRegionIndex region, uint32_t index);

/// Counts one thing that found no room in its region.
void straggler_note_lost(enum StragglerRegionIndex region);

static inline StragglerRegion *straggler_region(enum StragglerRegionIndex region) {
  return &straggler_arena->regions[region];
}

_Static_assert(sizeof(StragglerFile) == STRAGGLER_PAGE, "an entry's memory is one page");

/// The entry of a descriptor, if its memory was taken before; else NULL.
static inline StragglerFile *straggler_file_entry(uint32_t descriptor) {
  const StragglerFileTable *table = &straggler_guard.files;
  StragglerFile *entry = table->entries + descriptor;
  if (descriptor < 64) return __atomic_load_n(&table->taken, __ATOMIC_ACQUIRE) >> descriptor & 1 ? entry : NULL;
  if (descriptor >= table->capacity) return NULL;
  uint64_t offset = (uint64_t)((char *)entry - (char *)straggler_arena);
  return straggler_is_taken(offset / STRAGGLER_PAGE) ? entry : NULL;
}

static inline StragglerThread *straggler_slot(uint32_t index) {
  return (StragglerThread *)((char *)straggler_arena + straggler_region(STRAGGLER_REGION_THREADS)->offset) + index;
}

static inline uint32_t straggler_slot_index(const StragglerThread *slot) {
  return (uint32_t)(slot - straggler_slot(0));
}

/// In `straggler_current` while the thread is being given a slot, and for good where there was none left: nothing is recorded, as after
/// its end, but it is there. Above the marks of StragglerRecorder.h.
#define STRAGGLER_SLOTLESS ((StragglerThread *)65535)

/// Claims a free slot, cleared and numbered, `references` counted. NULL where there is none.
StragglerThread *straggler_slot_claim(uint32_t references);
/// Gives up one reference; the last one frees the slot.
void straggler_slot_release(StragglerThread *slot);
/// Makes a claimed slot the calling thread's: from now on it is alive, and what it does is recorded there.
void straggler_slot_begin(StragglerThread *slot);
/// How many threads ended with a lock in their hand.
extern uint32_t straggler_orphaning_threads;
/// Says where the thread's own stack is.
void straggler_set_stack(StragglerThread *slot, uint64_t low, uint64_t high);
/// The slot of a thread that was not seen being created: the calling one.
StragglerThread *straggler_adopt_self(void);
/// The slot of the calling thread after its end: the last thread's pthread_exit calls exit on it (pthread_exit(3)).
StragglerThread *straggler_revive_self(void);
/// Forgets what a forked child's bookkeeping says of its parent's threads.
void straggler_slots_reset(void);

/// What the creator says of the thread that it creates next (straggler.h, straggler_next_thread). `name` is not copied before.
void straggler_announce_thread(const StragglerThread *creator, const char *name, bool daemon);
/// The number of the thread that was created since. The announcement is over.
uint32_t straggler_announced_number(const StragglerThread *creator);

/// Asks for whom a thread is made, in its creator (origin.c).
void straggler_origin_note(const StragglerThread *slot, const StragglerThread *creator);
/// A slot is a thread's that nobody was seen creating, or is about to become one's.
void straggler_origin_forget(const StragglerThread *slot);

/// Refreshes the module table if objects were loaded or unloaded since (dl_iterate_phdr's counters).
void straggler_modules_refresh(void);
/// Refreshes it if the table does not know the file that this address is in.
void straggler_modules_look_for(uint64_t address);

/// The same as cheaply as an event can have it that comes often: an address that is where the last one was is known.
static inline void straggler_modules_refresh_for(uint64_t address) {
  uint64_t start = __atomic_load_n(&straggler_guard.files.caller_start, __ATOMIC_RELAXED);
  uint64_t end = __atomic_load_n(&straggler_guard.files.caller_end, __ATOMIC_RELAXED);
  if (__builtin_expect(address - start >= end - start, 0)) straggler_modules_look_for(address);
}
/// Forgets, in a forked child, that another thread was just refreshing it in the parent.
void straggler_modules_reset(void);
/// Carries the table over into a forked child's arena.
void straggler_modules_keep(void);
void straggler_modules_put_back(void);
/// Finds the build id among an ELF file's notes (elf(5), NT_GNU_BUILD_ID).
void straggler_copy_build_id(StragglerModule *module, const char *note, size_t size);
/// The same from the kernel's list, /proc/self/maps, without the loader's lock: at the exit, when a thread that stands may
/// have it.
void straggler_modules_read_maps(void);

/// Marks the modules that lock past the recorder (STRAGGLER_MODULE_BYPASSES). At the freeze, when the module table is complete.
void straggler_find_bypasses(void);

/// Reads this process's memory without faulting: how many bytes could be read from `address` on.
size_t straggler_read_memory(uint64_t address, void *buffer, size_t length);

/// Finds out what the processor can do: called once, before the first acquisition is recorded.
void straggler_processor_find(void);

/// Stops every other thread and copies what it stood on into the arena. False where one goes on that could be stopped from
/// outside.
bool straggler_freeze(StragglerThread *self);
/// Lets the threads go on that stand, if the exit has not come to its end soon after.
void straggler_release_later(void);
/// Whether a thread that nobody created is one that can answer: no dead main thread, no worker of the kernel's.
bool straggler_can_be_stopped(int tid);
/// Whether a thread is in no uninterruptible sleep, such as that of a parent whose vfork child has not gone on.
bool straggler_can_be_interrupted(int tid);
/// Makes `handler` that of the freeze's signal, glibc's SIGSETXID.
void straggler_install_handler(void (*handler)(int, siginfo_t *, void *));
/// Gives glibc what is its: the signal by which its setuid asks every thread to do its part.
void straggler_pass_setxid_on(siginfo_t *info, void *context);
/// A timer of CLOCK_MONOTONIC that sends the signal, with this value, to one thread of the process.
bool straggler_make_timer(int32_t *timer, int signal, int32_t thread, void *value);
void straggler_save_registers(StragglerThread *slot, const ucontext_t *context);
/// The exit did not end in time, or never will: completes the record with the exiting thread where a signal's handler found
/// it, and ends the process.
_Noreturn void straggler_exit_end_stalled(StragglerThread *self, const ucontext_t *context);
/// What a forked child inherits and must not keep.
void straggler_freeze_reset(void);
void straggler_exit_reset(void);
void straggler_semaphores_reset(void);
void straggler_annotations_reset(void);
/// Copies the stacks of the threads that stand, and says of the others that they don't. False where somebody outside might
/// still stop one of these.
bool straggler_copy_stacks(StragglerThread *self);
/// Names the frozen threads that have no name yet by what the kernel calls them, if that is their own.
void straggler_read_names(void);
/// Takes back what an exec that another thread has begun noted of the threads.
void straggler_forget_looks(void);
/// The system call that a thread stands in; false where it stands in none.
bool straggler_look_up_system_call(StragglerFrozen *frozen, int tid);
/// Notes the system call that a thread stands in, if it stands in one.
void straggler_read_system_call(StragglerThread *slot, int tid);
/// Notes what decides what that call waits for: the futex's word, the descriptor's type. To be called when nothing runs.
void straggler_read_call_objects(StragglerThread *slot);
/// The same of a call that waits for a lock on a file: which other process has it.
void straggler_read_locker(StragglerThread *slot);
/// Copies, of what is held and open, the bytes that decide whether it really is.
void straggler_copy_objects(void);
/// How many bytes of a lock of this StragglerResourceKind decide whether it is held; 0 for one that tells nothing.
uint32_t straggler_object_size(uint8_t kind);
/// The handle of the thread that a stream's own lock names; 0 for none.
uint64_t straggler_stream_lock_owner(uint64_t stream);
/// Lowers the thread's `hold_top` below the gaps under it.
void straggler_shed_gaps(StragglerThread *self);
/// Records the lock of a stream that a thread holds inside a stdio call.
void straggler_add_stream_lock(uint64_t stream);
/// Notes, where nobody is stopped, what of each stream is not flushed; and forgets that it was noted.
void straggler_look_into_streams(void);
void straggler_forget_streams(void);
/// Reads the paths of a rename or a truncation that is under way; at the freeze only.
void straggler_read_operation_paths(StragglerThread *slot);
/// Holds the record of an open descriptor against what the kernel says of it now; at the freeze only.
void straggler_check_file(StragglerFile *file, int descriptor);

/// Whether a seccomp filter came into force after the command line was started, and before this program: a sandbox's that
/// executes it. The loader has opened and read files under it; anything else may end the process.
bool straggler_was_confined_before(char **environment);
/// Whether the program has installed a seccomp filter: then no system call may be made.
bool straggler_is_confined(void);

/// True where the calling thread may make system calls, until it says that it has made them. A filter for all threads waits for that.
bool straggler_begin_calls(void);
void straggler_end_calls(void);
/// In a forked child, where those threads are not.
void straggler_calls_reset(void);
/// The calling thread's kernel id, by a system call where one may be made; 0 where it can't be known.
int32_t straggler_thread_id(void);
/// Now, or STRAGGLER_BEGUN_UNTIMED.
uint64_t straggler_event_time(void);
/// What stands in a loop of a thread that may not sleep.
void straggler_wait_without_calls(void);
/// Lets the command line stop and copy the threads that do not stand yet, and waits for it. False where nobody did it.
bool straggler_stop_from_outside(void);

/// Starts the process that renders the report of a program that nobody observes, and waits for it. Returns the status with
/// which the program must end.
int straggler_render(int status);
/// Lets the renderer say now what is wrong with STRAGGLER_OPTIONS.
void straggler_check_options(char **environment);
void straggler_renderer_find(char **environment);
/// The report of last resort, without any other process: which thread held what, by address.
void straggler_print_plain_report(void);

/// Copies a NUL-terminated string, cut to `room` bytes with its NUL. True where it had to be cut.
bool straggler_copy_string(char *target, const char *source, size_t room);
/// The value of a variable in an environment; NULL where it is not set. getenv is empty in .preinit_array.
const char *straggler_environment_value(char **environment, const char *name);

#pragma GCC visibility pop

STRAGGLER_UNINSTRUMENTED_END

#endif
