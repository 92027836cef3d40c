// A signal before every single instruction of each lock and unlock, by the processor's trap flag (Intel SDM volume 3, 17.3.2): its
// handler takes locks of its own and gives them back.
#include "scenario.h"

#include <signal.h>

enum { MUTEXES = 10 };  // two more than a thread's slot has room for

static pthread_mutex_t mutexes[MUTEXES], handlers[2];
static pthread_rwlock_t read_side = PTHREAD_RWLOCK_INITIALIZER, write_side = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static volatile long interruptions;

/// Two locks one after the other, and one within the other.
static void interrupt(int signal) {
  (void)signal;
  int before = errno;
  interruptions += 1;
  for (int turn = 0; turn < 2; turn++) {
    require(pthread_mutex_lock(&handlers[0]) == 0);
    if (turn == 1) require(pthread_mutex_lock(&handlers[1]) == 0 && pthread_mutex_unlock(&handlers[1]) == 0);
    require(pthread_mutex_unlock(&handlers[0]) == 0);
  }
  errno = before;
}

// Past the 128 bytes under the stack pointer that are the function's own (System V psABI, 3.2.2).
#define SET_FLAGS(change) \
  __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\t" change ", (%%rsp)\n\tpopfq\n\tleaq 128(%%rsp), %%rsp" : : : "memory", "cc")
#define INTERRUPTED(call)                     \
  do {                                        \
    long before = interruptions;              \
    SET_FLAGS("orq $0x100");                  \
    int result = call;                        \
    SET_FLAGS("andq $~0x100");                \
    require(result == 0);                     \
    require(interruptions - before > 20);     \
  } while (0)

static __attribute__((noinline)) void take(int index) { INTERRUPTED(pthread_mutex_lock(&mutexes[index])); }
static __attribute__((noinline)) void give_back(int index) { INTERRUPTED(pthread_mutex_unlock(&mutexes[index])); }
static __attribute__((noinline)) void take_others(void) {
  INTERRUPTED(pthread_rwlock_rdlock(&read_side));
  INTERRUPTED(pthread_rwlock_wrlock(&write_side));
  INTERRUPTED(pthread_spin_lock(&spin));
}
static __attribute__((noinline)) void give_others_back(void) {
  INTERRUPTED(pthread_spin_unlock(&spin));
  INTERRUPTED(pthread_rwlock_unlock(&write_side));
  INTERRUPTED(pthread_rwlock_unlock(&read_side));
}

static void prepare(void) {
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  for (int index = 0; index < MUTEXES; index++) {
    char name[3] = {index % 3 == 2 ? 'r' : 'm', (char)('0' + index), 0};
    require(pthread_mutex_init(&mutexes[index], index % 3 == 2 ? &recursive : NULL) == 0);
    tell(name, &mutexes[index]);
  }
  require(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
  tell("read", &read_side);
  tell("write", &write_side);
  tell("spin", (void *)&spin);
  tell("take", (void *)take);
  struct sigaction action = {.sa_handler = interrupt};
  require(sigaction(SIGTRAP, &action, NULL) == 0);
}

static int many_taken(void) {
  prepare();
  for (int index = 0; index < MUTEXES; index++) take(index);
  return 0;
}

static int again_taken(void) {
  prepare();
  for (int index = 0; index < 3; index++) take(index);
  take(2);
  return 0;
}

static int others_taken(void) {
  prepare();
  take_others();
  return 0;
}

/// In an order that leaves gaps, and takes some of them again.
static int some_given_back(void) {
  prepare();
  for (int index = 0; index < MUTEXES; index++) take(index);
  for (int index = 0; index < MUTEXES; index += 2) give_back(index);
  take(4);
  give_back(9);
  take(8);
  return 0;
}

static int all_given_back(void) {
  prepare();
  for (int turn = 0; turn < 3; turn++) {
    for (int index = 0; index < MUTEXES; index++) take(index);
    for (int index = 0; index < MUTEXES; index++) give_back(turn == 1 ? index : MUTEXES - 1 - index);
    take_others();
    give_others_back();
  }
  take(0);
  give_back(0);
  require(pthread_mutex_lock(&mutexes[1]) == 0);
  return 0;
}

static void *wait_for_ever(void *unused) {
  stand();
  return unused;
}

/// In the company of a second thread libc and the recorder take mutexes in another way.
static int with_thread(int (*scenario)(void)) {
  start(wait_for_ever, NULL);
  await_standing(1);
  return scenario();
}
static int many_taken_threads(void) { return with_thread(many_taken); }
static int again_taken_threads(void) { return with_thread(again_taken); }
static int others_taken_threads(void) { return with_thread(others_taken); }
static int some_given_back_threads(void) { return with_thread(some_given_back); }
static int all_given_back_threads(void) { return with_thread(all_given_back); }

SCENARIOS({"many-taken", many_taken}, {"again-taken", again_taken}, {"others-taken", others_taken},
          {"some-given-back", some_given_back}, {"all-given-back", all_given_back},
          {"many-taken-threads", many_taken_threads}, {"again-taken-threads", again_taken_threads},
          {"others-taken-threads", others_taken_threads}, {"some-given-back-threads", some_given_back_threads},
          {"all-given-back-threads", all_given_back_threads})
