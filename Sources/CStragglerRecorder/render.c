// The report of a linked program that nobody observes: made by another process, because after the freeze this one is not
// fit to run anything that allocates. A test's check asks it, too: it reads symbols, which this process can't.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "directory.h"
#include "state.h"
#include "straggler_runtime.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

extern char **environ;

// MARK: - Which executable

static bool is_executable(const char *path) {
  return straggler_syscall3(SYS_access, (long)path, X_OK, 0) == 0;
}

static bool try_folder(const char *folder, size_t length) {
  const char *name = "/straggler";
  char *target = straggler_settings.renderer;
  if (length == 0 || length + strlen(name) + 1 > sizeof straggler_settings.renderer) return false;
  memcpy(target, folder, length);
  strcpy(target + length, name);
  if (is_executable(target) && strcmp(target, straggler_arena->executable) != 0) return true;
  target[0] = 0;
  return false;
}

/// Beside the program: `straggler` itself, or what the package's product StragglerTesting has SwiftPM put there.
static bool try_beside_program(void) {
  static const char resources[] = "/straggler_StragglerTesting.resources";
  const char *program = straggler_arena->executable, *slash = strrchr(program, '/');
  size_t length = slash != NULL ? (size_t)(slash - program) : 0;
  if (try_folder(program, length)) return true;
  char folder[sizeof straggler_settings.renderer];
  if (length == 0 || length + sizeof resources > sizeof folder) return false;
  memcpy(folder, program, length);
  memcpy(folder + length, resources, sizeof resources);
  return try_folder(folder, length + sizeof resources - 1);
}

/// STRAGGLER_RENDERER, else `straggler` beside the program, else the one in PATH. Resolved at the start: the program may
/// change its folder and its environment.
void straggler_renderer_find(char **environment) {
  const char *given = straggler_environment_value(environment, "STRAGGLER_RENDERER");
  if (given != NULL && is_executable(given)) {
    straggler_copy_string(straggler_settings.renderer, given, sizeof straggler_settings.renderer);
    return;
  }
  if (try_beside_program()) return;
  const char *path = straggler_environment_value(environment, "PATH");
  while (path != NULL && *path != 0) {
    size_t length = strcspn(path, ":");
    if (path[0] == '/' && try_folder(path, length)) return;
    path += length + (path[length] == ':');
  }
}

// MARK: - Starting it

typedef struct Launch {
  char *arguments[8];
  char *environment[4096];
  int arena;   // the descriptor that the renderer gets, -1 for none
  int answer;  // the one that becomes its standard output, -1 for the program's own
  _Alignas(16) char stack[16 * 1024];
} Launch;
static Launch launch = {.arena = -1, .answer = -1};

/// Everything but what would make the renderer an observed process itself.
static void copy_environment(char **environment) {
  const size_t limit = sizeof launch.environment / sizeof launch.environment[0] - 1;
  size_t count = 0;
  for (char **variable = environment; variable != NULL && *variable != NULL && count < limit; variable++) {
    if (strncmp(*variable, "LD_PRELOAD=", 11) == 0 || strncmp(*variable, "STRAGGLER_SOCKET=", 17) == 0) continue;
    launch.environment[count++] = *variable;
  }
  launch.environment[count] = NULL;
}

static int execute(void *started) {
  Launch *own = started;
  // The handlers of the program are not the renderer's, and its blocked signals are not either (sigprocmask(2)).
  uint64_t none = 0;
  straggler_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none);
  if (own->arena >= 0) straggler_syscall3(SYS_fcntl, own->arena, F_SETFD, 0);
  if (own->answer >= 0) straggler_syscall3(SYS_dup3, own->answer, STDOUT_FILENO, 0);
  straggler_syscall3(SYS_execve, (long)straggler_settings.renderer, (long)own->arguments, (long)own->environment);
  straggler_syscall1(SYS_exit, 127);
  return 127;
}

/// clone(2), for a child that runs `run` in our memory, on a stack that ends at `stack_end`, and does not come back. Not by libc's
/// function, which may be ThreadSanitizer's: that one takes every child for one with memory of its own (LLVM 21).
static long clone_in_our_memory(int (*run)(void *), uint64_t *stack_end, void *argument) {
  stack_end[-1] = (uint64_t)run;
  stack_end[-2] = (uint64_t)argument;
  long child;
  register long storage __asm__("r8") = 0;
  register long child_id __asm__("r10") = 0;
  __asm__ volatile(
    "syscall\n\t"
    "test %%rax, %%rax\n\t"
    "jnz 1f\n\t"
    "xor %%ebp, %%ebp\n\t"  // the outermost frame (System V psABI, 3.4.1)
    "pop %%rdi\n\t"
    "pop %%rax\n\t"
    "call *%%rax\n\t"
    "hlt\n"
    "1:"
    : "=a"(child)
    : "a"(SYS_clone), "D"(CLONE_VM | CLONE_VFORK), "S"(stack_end - 2), "d"(0), "r"(child_id), "r"(storage)
    : "rcx", "r11", "memory", "cc");
  return child;
}

/// Runs the renderer with these arguments and waits for it: its exit status, or -1 where it could not do its work. The child
/// shares our memory until it executes (as vfork's does), sends no signal when it ends, and is nobody else's to wait for.
static int run_renderer(Launch *own) {
  long child = clone_in_our_memory(execute, (uint64_t *)(own->stack + sizeof own->stack), own);
  if (child < 0) return -1;
  int status = 0;
  long result;
  do {
    result = straggler_syscall4(SYS_wait4, child, (long)&status, __WALL, 0);
  } while (result == -4);  // EINTR
  return result == child && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

// MARK: - The arena's copy

static void write_all(int file, const void *bytes, uint64_t length, uint64_t offset) {
  while (length > 0) {
    long count = straggler_syscall4(SYS_pwrite64, file, (long)bytes, (long)length, (long)offset);
    if (count <= 0) return;  // memory that was never taken: a hole is what it stays
    bytes = (const char *)bytes + count;
    offset += (uint64_t)count;
    length -= (uint64_t)count;
  }
}

/// In one piece a region; entries of regions with holes one by one.
static void copy_regions(long file) {
  straggler_syscall3(SYS_ftruncate, file, (long)straggler_arena->size, 0);
  write_all((int)file, straggler_arena, sizeof *straggler_arena, 0);
  for (int index = 0; index < STRAGGLER_REGION_COUNT; index++) {
    StragglerRegion *region = &straggler_arena->regions[index];
    const char *bytes = (const char *)straggler_arena + region->offset;
    if (region->entry_size < STRAGGLER_PAGE) {
      write_all((int)file, bytes, (uint64_t)region->used * region->entry_size, region->offset);
      continue;
    }
    for (uint64_t entry = 0; entry < region->used; entry++) {
      uint64_t at = entry * region->entry_size;
      write_all((int)file, bytes + at, region->entry_size, region->offset + at);
    }
  }
}

/// The arena's descriptor was given up at the start: what was used of it is copied into another memfd. -1 where none is to
/// be had.
static int copy_arena(void) {
  struct rlimit limit;
  if (!straggler_lift_file_limit(straggler_arena->size, &limit)) return -1;
  long file = straggler_syscall3(SYS_memfd_create, (long)"straggler-arena", MFD_CLOEXEC, 0);
  if (file >= 0) copy_regions(file);
  straggler_restore_file_limit(&limit);
  return (int)file;
}

// MARK: - What the recorder calls

int straggler_render(int status) {
  static char descriptor_text[24], status_text[24];
  int file = straggler_settings.renderer[0] != 0 ? copy_arena() : -1;
  if (file >= 0) {
    straggler_append_number(descriptor_text, (uint64_t)file);
    straggler_append_number(status_text, (uint64_t)(status & 0xff));
    char *arguments[8] = {straggler_settings.renderer, "render-linked", "--arena-descriptor", descriptor_text,
                          "--status", status_text, NULL};
    memcpy(launch.arguments, arguments, sizeof arguments);
    launch.arena = file;
    copy_environment(environ);
    int result = run_renderer(&launch);
    straggler_syscall1(SYS_close, file);
    if (result >= 0) return result;
  }
  straggler_print_plain_report();
  return status;
}

void straggler_check_options(char **environment) {
  if (straggler_settings.renderer[0] == 0) return;
  char *arguments[8] = {straggler_settings.renderer, "render-linked", "--check-options", NULL};
  memcpy(launch.arguments, arguments, sizeof arguments);
  copy_environment(environment);
  run_renderer(&launch);
}

/// Runs the renderer with these arguments, on a copy of the arena as it is now, and reads what it says.
static uint32_t ask_renderer(char *const arguments[8], int arena, char *answer, uint32_t size) {
  // Nothing of the program's environment, which other threads may be changing now.
  static Launch question;
  long said = straggler_syscall3(SYS_memfd_create, (long)"straggler-answer", MFD_CLOEXEC, 0);
  if (said < 0) return 0;
  memcpy(question.arguments, arguments, sizeof question.arguments);
  question.arena = arena;
  question.answer = (int)said;
  bool has_answer = run_renderer(&question) == 0;
  long length = has_answer ? straggler_syscall4(SYS_pread64, said, (long)answer, size, 0) : 0;
  straggler_syscall1(SYS_close, said);
  return length > 0 ? (uint32_t)length : 0;
}

uint32_t straggler_place_of(uint32_t thread, uint64_t address, char *answer, uint32_t size) {
  if (straggler_arena == NULL || straggler_is_confined()) return 0;
  // A program under the command line has not needed one until now.
  if (straggler_settings.renderer[0] == 0) straggler_renderer_find(environ);
  int arena = straggler_settings.renderer[0] != 0 ? copy_arena() : -1;
  if (arena < 0) return 0;
  char descriptor_text[24] = "", thread_text[24] = "", address_text[24] = "";
  straggler_append_number(descriptor_text, (uint64_t)arena);
  straggler_append_number(thread_text, thread);
  straggler_append_number(address_text, address);
  char *arguments[8] = {straggler_settings.renderer, "name-place", descriptor_text, thread_text, address_text, NULL};
  uint32_t length = ask_renderer(arguments, arena, answer, size);
  straggler_syscall1(SYS_close, arena);
  return length;
}

STRAGGLER_UNINSTRUMENTED_END
