// Beginnings: of a process, and of a forked child.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "directory.h"
#include "exitwatch.h"
#include "inherited.h"
#include "state.h"
#include "straggler_runtime.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

bool straggler_end_key_make(void) __attribute__((visibility("hidden")));

__attribute__((aligned(STRAGGLER_PAGE))) StragglerGuard straggler_guard;
StragglerSettings straggler_settings;

// Not on the guard's page: a forked child finds them as its parent left them, and knows by that what it is.
static bool started, recorded;
static uint32_t start_flags;

// pthread_atfork without the part that is linked into each object (nptl/pthread_atfork.c).
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *object)
  __attribute__((weak));  // musl has none (StragglerPreload)

// MARK: - Facts about the process

static void read_link(const char *path, char *target, size_t room) {
  long length = straggler_syscall3(SYS_readlink, (long)path, (long)target, (long)room - 1);
  target[length < 0 ? 0 : length] = 0;
}

static void copy_arguments(int count, char **arguments) {
  StragglerArenaHeader *header = straggler_arena;
  for (int index = 0; index < count; index++) {
    size_t length = strlen(arguments[index]) + 1;
    if (header->arguments_length + length > sizeof header->arguments) {
      header->flags |= STRAGGLER_ARENA_ARGUMENTS_CUT;
      return;
    }
    memcpy(header->arguments + header->arguments_length, arguments[index], length);
    header->arguments_length += (uint32_t)length;
    header->argument_count += 1;
  }
}

static void describe_process(void) {
  StragglerArenaHeader *header = straggler_arena;
  header->pid = (int32_t)straggler_syscall1(SYS_getpid, 0);
  header->parent_pid = (int32_t)straggler_syscall1(SYS_getppid, 0);
  header->start_time = straggler_now();
  read_link("/proc/self/exe", header->executable, sizeof header->executable);
  straggler_syscall3(SYS_getcwd, (long)header->working_directory, sizeof header->working_directory, 0);
}

static void find_stacks(void) {
  struct rlimit limit = {0, 0};
  straggler_syscall4(SYS_prlimit64, 0, RLIMIT_STACK, 0, (long)&limit);
  // The kernel keeps at least 128 MiB below the stack's top free of mappings (mmap_base, arch/x86/mm/mmap.c).
  const uint64_t gap = UINT64_C(128) << 20;
  uint64_t size = limit.rlim_cur < gap ? limit.rlim_cur : gap;
  void *const *start = dlsym(RTLD_DEFAULT, "__libc_stack_end");  // the stack pointer at the process's start: rtld's
  straggler_settings.main_stack_high = start != NULL ? (uint64_t)*start : 0;
  straggler_settings.main_stack_low = straggler_settings.main_stack_high - size;
}

// MARK: - The arena's way out

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  straggler_copy_string(address.sun_path, path, sizeof address.sun_path);
  long file = straggler_syscall3(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return -1;
  if (straggler_syscall3(SYS_connect, file, (long)&address, sizeof address) < 0) {
    straggler_syscall1(SYS_close, file);
    return -1;
  }
  return (int)file;
}

/// Hands the arena's descriptor to the command line. It lies in the socket's queue until that gets to it: no answer is
/// waited for.
static bool send_arena(int file, int descriptor) {
  StragglerHello hello = {
    STRAGGLER_ARENA_MAGIC, STRAGGLER_ARENA_VERSION, straggler_arena->pid, straggler_arena->parent_pid,
    straggler_arena->flags,
  };
  struct iovec part = {&hello, sizeof hello};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
  long sent = straggler_syscall3(SYS_sendmsg, file, (long)&message, MSG_NOSIGNAL);
  return sent == sizeof hello;
}

// MARK: - Start

/// `--exit-timeout DURATION` among STRAGGLER_OPTIONS, in nanoseconds; 0 where it is not there. Only this one option matters
/// before the end; the renderer reads, and criticises, all of them.
static uint64_t exit_timeout_in(const char *options) {
  const char *name = "--exit-timeout";
  const char *at = strstr(options, name);
  if (at == NULL) return 0;
  at += strlen(name);
  at += strspn(at, "= '\"");
  uint64_t number;
  if (!straggler_parse_number(&at, &number)) return 0;
  if (strncmp(at, "ms", 2) == 0) return number * 1000000;
  if (*at == 'm') return number * UINT64_C(60000000000);
  return number * UINT64_C(1000000000);
}

static void begin_recording(void) {
  straggler_syscall3(SYS_madvise, (long)&straggler_guard, sizeof straggler_guard, 18);  // MADV_WIPEONFORK
  straggler_guard.recording = 1;
  recorded = true;
}

/// `file`: the connection over which it is handed out; negative where nobody observes.
static bool make_arena(void *where, uint32_t flags, int file) {
  int descriptor = -1;
  if (!straggler_arena_make(where, &descriptor)) return false;
  straggler_arena->flags = flags | (file < 0 ? STRAGGLER_ARENA_STANDALONE : 0);
  describe_process();
  bool sent = file < 0 || send_arena(file, descriptor);
  straggler_syscall1(SYS_close, descriptor);
  return sent;
}

/// Makes the arena if it can be handed out. No descriptor is kept: the program's own numbers stay as they are alone.
static bool attach(void *where, uint32_t flags) {
  bool observed = straggler_settings.socket[0] != 0;
  int file = observed ? connect_to(straggler_settings.socket) : -1;
  if (observed && file < 0) return false;
  bool made = make_arena(where, flags, file);
  if (file >= 0) straggler_syscall1(SYS_close, file);
  return made;
}

void straggler_recorder_start(int argument_count, char **arguments, char **environment, uint32_t flags) {
  if (started) return;
  started = true;
  if (straggler_was_confined_before(environment)) return;
  start_flags = flags;
  const char *socket = straggler_environment_value(environment, "STRAGGLER_SOCKET");
  if (socket != NULL) straggler_copy_string(straggler_settings.socket, socket, sizeof straggler_settings.socket);
  find_stacks();
  straggler_processor_find();
  __register_atfork(NULL, NULL, straggler_child_begin, NULL);
  if (!straggler_end_key_make() || !attach(NULL, flags)) return;
  copy_arguments(argument_count, arguments);

  StragglerThread *slot = straggler_slot_claim(1);
  if (slot == NULL) {
    straggler_arena = NULL;
    return;
  }
  slot->flags = STRAGGLER_THREAD_MAIN;
  straggler_set_stack(slot, straggler_settings.main_stack_low, straggler_settings.main_stack_high);
  straggler_slot_begin(slot);
  straggler_modules_refresh();
  if (straggler_arena->flags & STRAGGLER_ARENA_STANDALONE) {
    straggler_renderer_find(environment);
    const char *options = straggler_environment_value(environment, "STRAGGLER_OPTIONS");
    if (options != NULL) {
      straggler_settings.exit_timeout = exit_timeout_in(options);
      straggler_check_options(environment);
    }
  }
  begin_recording();
}

bool straggler_is_recorded_process(void) {
  // Children without a record are told without a system call, where they can be: they may have confined themselves, which
  // nobody notes. One of vfork's, in this memory, by its thread; one with memory of its own by its guard, which was cleared.
  bool is_in_vfork = straggler_current == STRAGGLER_PUT_ASIDE || straggler_current == STRAGGLER_EXECUTED;
  bool is_cleared = !straggler_guard.recording && !straggler_guard.final;
  if (straggler_arena == NULL || is_in_vfork || is_cleared) return false;
  if (!straggler_begin_calls()) return true;
  bool is_recorded = straggler_arena->pid == (int32_t)straggler_syscall1(SYS_getpid, 0);
  straggler_end_calls();
  return is_recorded;
}

// MARK: - Children without a record

void straggler_child_unrecorded(int32_t change) {
  if (straggler_arena == NULL || straggler_arena->exit.phase >= STRAGGLER_PHASE_FREEZING) return;
  __atomic_fetch_add(&straggler_arena->children_unrecorded, (uint32_t)change, __ATOMIC_RELAXED);
}

void straggler_child_spawned(pid_t child) {
  if (straggler_arena == NULL || !straggler_guard.recording) return;
  uint32_t index = __atomic_fetch_add(&straggler_arena->spawned_count, 1, __ATOMIC_RELAXED) % STRAGGLER_SPAWNED;
  __atomic_store_n(&straggler_arena->spawned[index], child, __ATOMIC_RELEASE);
}

// MARK: - Fork

__thread const StragglerThread *straggler_forking;

static void (*adopt_lock)(uint64_t address, int32_t former);

void straggler_runtime_attach_locks(void (*adopt)(uint64_t address, int32_t former)) {
  if (__atomic_load_n(&adopt_lock, __ATOMIC_RELAXED) != adopt) __atomic_store_n(&adopt_lock, adopt, __ATOMIC_RELEASE);
}

/// The forking thread's slot as it was; NULL where that is not known.
static const StragglerThread *known_forking(void) {
  return straggler_is_slot(straggler_forking) ? straggler_forking : NULL;
}

/// The child's thread has what the forking one had.
static void adopt_locks(const StragglerThread *forking) {
  const StragglerThread *self = straggler_known_self();
  if (self == NULL || forking == NULL || adopt_lock == NULL) return;
  for (uint32_t index = 0; index < self->hold_top; index++) {
    const StragglerHold *hold = &self->holds[index];
    if (straggler_is_held(hold) && straggler_object_size(hold->kind) != 0) adopt_lock(hold->resource, forking->tid);
  }
}

/// Gives a forked child an arena of its own. Run by libc in the child of every fork, before it returns and before the
/// program's own handlers (pthread_atfork(3): in the order in which they were registered).
void straggler_child_begin(void) {
  const StragglerThread *forking = known_forking();
  if (straggler_arena == NULL || straggler_guard.recording) return;
  if (straggler_is_confined()) {
    // The filter holds for the child as well, and nothing that an arena needs can be asked for.
    straggler_current = STRAGGLER_IGNORED;
    straggler_arena = NULL;
    return;
  }
  straggler_inheritance_note(forking != NULL ? forking->number : 0);
  // Same addresses: pointers into the old arena, of this thread above all, lead into the new one.
  straggler_slots_reset();
  straggler_modules_reset();
  straggler_freeze_reset();
  straggler_calls_reset();
  straggler_exit_reset();
  straggler_watch_reset();
  straggler_semaphores_reset();
  straggler_annotations_reset();
  straggler_current = STRAGGLER_IGNORED;
  StragglerArenaHeader *place = straggler_arena;
  int argument_count = (int)place->argument_count;
  static char arguments[sizeof place->arguments];
  uint32_t arguments_length = place->arguments_length;
  straggler_copy_bytes(arguments, place->arguments, sizeof arguments);
  straggler_modules_keep();
  if (!attach(place, start_flags | STRAGGLER_ARENA_FORKED)) {
    straggler_child_unrecorded(1);  // in the parent's arena, if nothing has taken its place yet
    straggler_arena = NULL;
    return;
  }
  straggler_copy_bytes(straggler_arena->arguments, arguments, sizeof arguments);
  straggler_suppressions_write();
  straggler_arena->argument_count = (uint32_t)argument_count;
  straggler_arena->arguments_length = arguments_length;

  StragglerThread *slot = straggler_slot_claim(1);
  if (slot == NULL) return;
  if (forking != NULL) {
    const uint32_t kept = STRAGGLER_THREAD_DECLARED | STRAGGLER_THREAD_DAEMON | STRAGGLER_THREAD_DETACHED;
    slot->flags = forking->flags & kept;
    straggler_set_stack(slot, forking->stack_low, forking->stack_high);
    if (forking->flags & STRAGGLER_THREAD_OF_LIBC) straggler_thread_trust_libc(slot);
    slot->hold_top = forking->hold_top < STRAGGLER_INLINE_HOLDS ? forking->hold_top : STRAGGLER_INLINE_HOLDS;
    slot->hold_lost = forking->hold_top - slot->hold_top;  // those in the overflow block, which stays the parent's
    slot->alternate_stack = forking->alternate_stack;
    slot->alternate_stack_size = forking->alternate_stack_size;
    straggler_copy_bytes(slot->name, forking->name, sizeof slot->name);
    straggler_copy_bytes(slot->holds, forking->holds, sizeof slot->holds);
    straggler_inheritance_settle(slot, forking->tid);
  }
  straggler_inheritance_enter();
  slot->flags |= STRAGGLER_THREAD_MAIN;  // the child's only thread: exit begins when it returns
  straggler_slot_begin(slot);
  straggler_modules_put_back();
  straggler_guard.recording = 1;
  recorded = true;
  adopt_locks(forking);
}

// MARK: - Slow paths of every event

void straggler_begin_sharing(StragglerThread *self) { straggler_current = STRAGGLER_SHARING(straggler_slot_index(self)); }

/// The slot that the mark stands for where its own thread is calling; NULL in a process that shares its storage.
static StragglerThread *owner_of(const StragglerThread *mark) {
  StragglerThread *slot = straggler_slot((uint32_t)((uintptr_t)mark - (uintptr_t)STRAGGLER_SHARING(0)));
  // Who may not ask the kernel is known by its stack: two that run at the same time have two.
  uint64_t sp = (uint64_t)__builtin_frame_address(0);
  if (!straggler_begin_calls()) return sp - slot->stack_low < slot->stack_high - slot->stack_low ? slot : NULL;
  bool is_owner = slot->tid == (int32_t)straggler_syscall1(SYS_gettid, 0);
  straggler_end_calls();
  return is_owner ? slot : NULL;
}

StragglerThread *straggler_self_slow(void) {
  StragglerThread *mark = straggler_current;
  bool is_silent = mark == STRAGGLER_PUT_ASIDE || mark == STRAGGLER_EXECUTED || mark == STRAGGLER_IGNORED ||
                   mark == STRAGGLER_SLOTLESS;
  if (is_silent || straggler_arena == NULL) return NULL;
  // Not recording with an arena: the start has not come so far, or this is a child: one that is in a handler which libc runs before
  // ours (jemalloc's), or one made by a raw system call.
  if (!straggler_guard.recording) {
    if (straggler_forking != NULL) return NULL;
    if (recorded) straggler_child_unrecorded(1);
    recorded = false;
    return NULL;
  }
  if (mark != NULL) return owner_of(mark);
  return straggler_is_recorded_process() ? straggler_adopt_self() : NULL;
}

bool straggler_copy_string(char *target, const char *source, size_t room) {
  size_t length = strnlen(source, room - 1);
  straggler_copy_bytes(target, source, length);
  target[length] = 0;
  return source[length] != 0;
}

const char *straggler_environment_value(char **environment, const char *name) {
  size_t length = strlen(name);
  for (; environment != NULL && *environment != NULL; environment++) {
    if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') return *environment + length + 1;
  }
  return NULL;
}

STRAGGLER_UNINSTRUMENTED_END
