// A program that sets itself a limit, has a thread with a lock, and ends.
#include "scenario.h"

#include <fcntl.h>
#include <straggler.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <threads.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *stand_with_m(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  require(pthread_mutex_lock(&m) == 0);
  stand();
  return unused;
}

static int leave_a_holder(void) {
  tell("m", &m);
  start(stand_with_m, NULL);
  await_standing(1);
  return 0;
}

static void limit(int resource, rlim_t value) {
  struct rlimit limits = {value, value};
  require(setrlimit(resource, &limits) == 0);
}

static int no_descriptors(void) {
  leave_a_holder();
  limit(RLIMIT_NOFILE, 3);
  require(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE);
  return 0;
}

static int soft_limit_of_descriptors(void) {
  struct rlimit limits;
  leave_a_holder();
  require(getrlimit(RLIMIT_NOFILE, &limits) == 0);
  limits.rlim_cur = 3;
  require(setrlimit(RLIMIT_NOFILE, &limits) == 0);
  return 0;
}

static int no_file_size(void) {
  leave_a_holder();
  require(fflush(NULL) == 0);
  limit(RLIMIT_FSIZE, 0);
  pid_t child = fork();
  if (child == 0) exit(5);
  int status;
  require(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 5);
  return 0;
}

static int no_processes(void) {
  leave_a_holder();
  limit(RLIMIT_NPROC, 0);
  return 0;
}

/// What is needed of the arena from here on must not depend on what the program may still have.
static int with_nothing_more_of(int resource) {
  static pthread_mutex_t more[12];
  leave_a_holder();
  limit(resource, 0);
  for (int i = 0; i < 12; i++) require(pthread_mutex_lock(&more[i]) == 0);
  return 0;
}
static int no_address_space(void) { return with_nothing_more_of(RLIMIT_AS); }
static int no_data(void) { return with_nothing_more_of(RLIMIT_DATA); }
static int no_stack(void) { return with_nothing_more_of(RLIMIT_STACK); }
static int no_locked_memory(void) { return with_nothing_more_of(RLIMIT_MEMLOCK); }
static int no_pending_signals(void) { return with_nothing_more_of(RLIMIT_SIGPENDING); }
static int no_descriptor_at_all(void) { return with_nothing_more_of(RLIMIT_NOFILE); }
static int no_core(void) { return with_nothing_more_of(RLIMIT_CORE); }

static long resident_kilobytes(void) {
  char line[256];
  long kilobytes = -1;
  FILE *file = fopen("/proc/self/status", "r");
  require(file != NULL);
  while (fgets(line, sizeof line, file) != NULL) sscanf(line, "VmRSS: %ld", &kilobytes);
  fclose(file);
  return kilobytes;
}

static int all_locked(void) {
  limit(RLIMIT_STACK, 256 * 1024);  // the holder's stack would be populated as well
  require(mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
  leave_a_holder();
  long kilobytes = resident_kilobytes();
  require(kilobytes > 0 && kilobytes < 64 * 1024);
  return 0;
}

/// How much address space is left under the limit, in a block of its own.
static int address_space(void) {
  size_t size = (size_t)96 << 20;
  void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(block != MAP_FAILED);
  require(munmap(block, size) == 0);
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  tell("m", &m);
  require(pthread_create(&thread, &attributes, stand_with_m, NULL) == 0);
  await_standing(1);
  return 0;
}

/// Prints how many blocks of 64 kilobytes there were.
static int all_memory(void) {
  leave_a_holder();
  long blocks = 0;
  while (mmap(NULL, 64 * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) blocks++;
  printf("%ld\n", blocks);
  return 0;
}

enum { MORE_THAN_THERE_IS_ROOM_FOR = 100 };
static pthread_mutex_t many[MORE_THAN_THERE_IS_ROOM_FOR];

static void take_many(void) {
  for (int i = 0; i < MORE_THAN_THERE_IS_ROOM_FOR; i++) {
    require(pthread_mutex_init(&many[i], NULL) == 0);
    require(pthread_mutex_lock(&many[i]) == 0);
  }
}

/// As an allocator does around fork, which takes the locks of all its pools.
static int many_locks_given_back(void) {
  take_many();
  for (int i = 0; i < MORE_THAN_THERE_IS_ROOM_FOR; i++) require(pthread_mutex_unlock(&many[i]) == 0);
  return leave_a_holder();
}

static int many_locks_kept(void) {
  take_many();
  return leave_a_holder();
}

/// More of everything than the smallest arena has room for.
static void *with_more_stack(void *unused) {
  volatile char room[40 * 1024];
  room[0] = room[sizeof room - 1] = 0;
  stand();
  return room[0] ? unused : NULL;
}

static int more_than_the_smallest_arena_has_room_for(void) {
  static char locks[70];
  leave_a_holder();
  for (int index = 0; index < 70; index++) straggler_lock_set_name(&locks[index], "named");
  for (int index = 0; index < 20; index++) straggler_section_enter("section");
  for (int index = 0; index < 40; index++) start(with_more_stack, NULL);
  await_standing(40);
  return 0;
}

static int never_run(void *unused) {
  (void)unused;
  abort();
}

static void *never_run_either(void *unused) {
  abort();
  return unused;
}

/// Nowhere is there room for a stack as large as all of a process's addresses.
static void fail_to_create_threads(void) {
  pthread_attr_t usual, unheard_of;
  pthread_t thread;
  thrd_t other;
  require(pthread_getattr_default_np(&usual) == 0 && pthread_getattr_default_np(&unheard_of) == 0);
  require(pthread_attr_setstacksize(&unheard_of, (size_t)1 << 47) == 0);
  require(pthread_setattr_default_np(&unheard_of) == 0);
  require(pthread_create(&thread, NULL, never_run_either, NULL) != 0);
  require(thrd_create(&other, never_run, NULL) != thrd_success);
  require(pthread_setattr_default_np(&usual) == 0);
}

/// With main the holder and these fill the smallest arena.
static int threads_that_never_were(void) {
  leave_a_holder();
  for (int index = 0; index < 30; index++) start(with_more_stack, NULL);
  await_standing(30);
  fail_to_create_threads();
  start(with_more_stack, NULL);
  await_standing(1);
  return 0;
}

/// The kernel lists each of these like a loaded file (proc(5), /proc/PID/maps).
static int more_modules(void) {
  enum { FILES = 1100, APART = 1 << 20 };
  int file = open("/proc/self/exe", O_RDONLY);
  char *room = mmap(NULL, (size_t)FILES * APART, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  require(file >= 0 && room != MAP_FAILED);
  for (size_t index = 0; index < FILES; index++) {
    require(mmap(room + index * APART, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) != MAP_FAILED);
  }
  close(file);
  return leave_a_holder();
}

static int holder(void) { return leave_a_holder(); }

SCENARIOS(
  {"no-descriptors", no_descriptors}, {"soft-limit-of-descriptors", soft_limit_of_descriptors},
  {"no-file-size", no_file_size}, {"no-processes", no_processes}, {"all-locked", all_locked},
  {"address-space", address_space}, {"all-memory", all_memory}, {"holder", holder},
  {"many-locks-given-back", many_locks_given_back},
  {"many-locks-kept", many_locks_kept}, {"no-address-space", no_address_space}, {"no-data", no_data},
  {"no-stack", no_stack}, {"no-locked-memory", no_locked_memory}, {"no-pending-signals", no_pending_signals},
  {"no-descriptor-at-all", no_descriptor_at_all}, {"no-core", no_core},
  {"more-than-the-smallest-arena-has-room-for", more_than_the_smallest_arena_has_room_for},
  {"threads-that-never-were", threads_that_never_were}, {"more-modules", more_modules})
