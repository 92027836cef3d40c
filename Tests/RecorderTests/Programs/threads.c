// Threads that are born, named, joined, detached, canceled, forgotten.
#include "scenario.h"

#include <fcntl.h>
#include <threads.h>

static void *nothing(void *unused) { return unused; }

static int joined(void) {
  void *value;
  pthread_t threads[4];
  for (int index = 0; index < 4; index++) threads[index] = start(nothing, &standing);
  require(pthread_join(threads[0], &value) == 0 && value == &standing);
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += 100;
  require(pthread_timedjoin_np(threads[1], &value, &time) == 0 && value == &standing);
  clock_gettime(CLOCK_MONOTONIC, &time);
  time.tv_sec += 100;
  require(pthread_clockjoin_np(threads[2], &value, CLOCK_MONOTONIC, &time) == 0 && value == &standing);
  int result;
  while ((result = pthread_tryjoin_np(threads[3], &value)) == EBUSY) sched_yield();
  require(result == 0 && value == &standing);
  return 0;
}

static void *post(void *semaphore) {
  sem_post(semaphore);
  return NULL;
}

/// Waits until the kernel knows no thread of the process but the caller.
static void await_being_alone(void) {
  char text[4096];
  int threads = 0;
  while (threads != 1) {
    FILE *file = fopen("/proc/self/stat", "r");
    require(file != NULL && fgets(text, sizeof text, file) != NULL);
    fclose(file);
    // num_threads is the 20th field, the 18th behind the name's parenthesis (proc(5)).
    require(sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d",
                   &threads) == 1);
  }
}

static int forgotten(void) {
  start(post, &standing);
  await_standing(1);
  await_being_alone();
  return 0;
}

static pthread_attr_t *detached(void) {
  static pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  return &attributes;
}

static void *detach_oneself(void *semaphore) {
  pthread_detach(pthread_self());
  return post(semaphore);
}

static int post_c11(void *semaphore) {
  sem_post(semaphore);
  return 0;
}

static int detach_oneself_c11(void *semaphore) {
  require(thrd_detach(thrd_current()) == thrd_success);
  return post_c11(semaphore);
}

static int detached_and_ended(void) {
  pthread_t thread;
  thrd_t c11_threads[3];
  require(pthread_create(&thread, detached(), post, &standing) == 0);
  start(detach_oneself, &standing);
  require(pthread_detach(start(post, &standing)) == 0);
  thread = start(post, &standing);
  require(thrd_create(&c11_threads[0], detach_oneself_c11, &standing) == thrd_success);
  require(thrd_create(&c11_threads[1], post_c11, &standing) == thrd_success);
  require(thrd_detach(c11_threads[1]) == thrd_success);
  require(thrd_create(&c11_threads[2], post_c11, &standing) == thrd_success);
  await_standing(7);
  require(pthread_detach(thread) == 0);
  require(thrd_detach(c11_threads[2]) == thrd_success);
  await_being_alone();
  return 0;
}

static void *named(void *name) {
  pthread_setname_np(pthread_self(), name);
  stand();
  return NULL;
}

static int named_c11(void *name) {
  named(name);
  return 0;
}

static int alive(void) {
  pthread_t thread;
  thrd_t c11_thread;
  start(named, "joinable");
  require(pthread_create(&thread, detached(), named, "detached") == 0);
  require(pthread_detach(start(named, "detached-later")) == 0);
  require(thrd_create(&c11_thread, named_c11, "c11") == thrd_success);
  require(thrd_create(&c11_thread, named_c11, "c11-detached") == thrd_success);
  require(thrd_detach(c11_thread) == thrd_success);
  await_standing(5);
  return 0;
}

static void *leave(void *value) {
  pthread_exit(value);
}

static void *leave_by_cancellation(void *unused) {
  for (;;) pause();
  return unused;
}

static int ended_otherwise(void) {
  join(start(leave, NULL));
  pthread_t thread = start(leave_by_cancellation, NULL);
  require(pthread_cancel(thread) == 0);
  join(thread);
  return 0;
}

static pthread_t main_thread;

static void *join_main(void *unused) {
  join(main_thread);
  exit(7);
  return unused;
}

static int main_leaves(void) {
  main_thread = pthread_self();
  start(join_main, NULL);
  pthread_exit(NULL);
}

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *stand_without_main(void *unused) {
  join(main_thread);
  require(pthread_mutex_lock(&journal) == 0);
  require(open("/dev/null", O_WRONLY) >= 0);
  named("left");
  return unused;
}

static void *exit_when_it_stands(void *unused) {
  await_standing(1);
  exit(0);
  return unused;
}

static int main_leaves_others(void) {
  tell("journal", &journal);
  main_thread = pthread_self();
  start(stand_without_main, NULL);
  start(exit_when_it_stands, NULL);
  pthread_exit(NULL);
}

static int one_after_the_other(void) {
  for (int count = 0; count < 20000; count++) join(start(nothing, NULL));
  return 0;
}

static int many_at_a_time(void) {
  enum { AT_A_TIME = 64 };
  pthread_t threads[AT_A_TIME];
  for (int round = 0; round < 20000 / AT_A_TIME; round++) {
    for (int index = 0; index < AT_A_TIME; index++) threads[index] = start(nothing, NULL);
    for (int index = 0; index < AT_A_TIME; index++) join(threads[index]);
  }
  return 0;
}

static pthread_t handle;

static void *compare_handle(void *unused) {
  require(pthread_equal(handle, pthread_self()));
  return unused;
}

static int handle_is_stored_first(void) {
  for (int count = 0; count < 500; count++) {
    handle = 0;
    require(pthread_create(&handle, NULL, compare_handle, NULL) == 0);
    join(handle);
  }
  return 0;
}

typedef struct Owned {
  pthread_t handle;
  char padding[256];
} Owned;

static void *free_own_memory(void *argument) {
  Owned *owned = argument;
  pthread_detach(owned->handle);
  memset(owned, 0x5a, sizeof *owned);
  free(owned);
  // The allocator gives it to the next one who asks: nobody may write the handle into it now.
  Owned *next = malloc(sizeof *next);
  memset(next, 0x5a, sizeof *next);
  for (size_t index = 0; index < sizeof *next; index++) require(((char *)next)[index] == 0x5a);
  free(next);
  sem_post(&standing);
  return NULL;
}

static int handle_memory_is_freed(void) {
  for (int count = 0; count < 500; count++) {
    Owned *owned = malloc(sizeof *owned);
    require(pthread_create(&owned->handle, NULL, free_own_memory, owned) == 0);
    await_standing(1);
  }
  return 0;
}

static int refused(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  require(pthread_attr_setstacksize(&attributes, (size_t)1 << 46) == 0);
  pthread_t thread;
  for (int count = 0; count < 100; count++) require(pthread_create(&thread, &attributes, nothing, NULL) == EAGAIN);
  return 0;
}

static int names(void) {
  pthread_t thread = start(named, "first");
  await_standing(1);
  require(pthread_setname_np(thread, "second") == 0);
  require(pthread_setname_np(thread, "longer than it may be") == ERANGE);
  require(pthread_setname_np(pthread_self(), "main\x1b[2Jthread") == 0);
  return 0;
}

static volatile pid_t joiner;

static void *join_other(void *thread) {
  pthread_setname_np(pthread_self(), "joiner");
  joiner = gettid();
  sem_post(&standing);
  pthread_join((pthread_t)thread, NULL);
  return NULL;
}

static int join_waits(void) {
  pthread_t thread = start(named, "joined");
  await_standing(1);
  tell("joined", (void *)thread);
  start(join_other, (void *)thread);
  await_standing(1);
  await_system_call(joiner, IN_FUTEX);
  return 0;
}

SCENARIOS(
  {"joined", joined}, {"forgotten", forgotten}, {"detached-and-ended", detached_and_ended}, {"alive", alive},
  {"ended-otherwise", ended_otherwise}, {"main-leaves", main_leaves}, {"main-leaves-others", main_leaves_others},
  {"one-after-the-other", one_after_the_other}, {"many-at-a-time", many_at_a_time},
  {"handle-is-stored-first", handle_is_stored_first}, {"handle-memory-is-freed", handle_memory_is_freed},
  {"refused", refused}, {"names", names}, {"join-waits", join_waits})
