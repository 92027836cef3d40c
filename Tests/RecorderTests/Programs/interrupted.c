// A signal before every single instruction of each lock and unlock, by the processor's trap flag (Intel SDM volume 3, 17.3.2): its
// handler takes locks of its own and gives them back.
#include "scenario.h"

#include <limits.h>
#include <signal.h>
#include <sys/file.h>
#include <ucontext.h>

enum { MUTEXES = 10 };  // two more than a thread's slot has room for
enum { TRAP_FLAG = 0x100 };

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

// MARK: - One interruption at a time

// Where every instruction is interrupted, each handler finds what the one before has put in order.
static int stepped;      // which of a sequence's calls is interrupted
static volatile long countdown;  // and before which of its instructions
static int file;

static void interrupt_once(int signal, siginfo_t *information, void *context) {
  (void)information;
  if (--countdown > 0) return;
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
  interrupt(signal);
}

#define STEPPED(number, call)                               \
  do {                                                      \
    if (stepped == (number)) SET_FLAGS("orq $0x100");       \
    int result = call;                                      \
    if (stepped == (number)) SET_FLAGS("andq $~0x100");     \
    require(result == 0);                                   \
  } while (0)

enum { CALLS = 18, ENDS = 70 };

/// Leaves gaps at the bottom, in the middle and at the top, and has an entry move down.
static void take_and_give_back(void) {
  STEPPED(0, pthread_mutex_lock(&mutexes[0]));
  STEPPED(1, pthread_mutex_lock(&mutexes[1]));
  STEPPED(2, pthread_mutex_unlock(&mutexes[0]));
  STEPPED(3, pthread_mutex_unlock(&mutexes[1]));
  STEPPED(4, flock(file, LOCK_EX));
  STEPPED(5, flock(file, LOCK_UN));
  STEPPED(6, pthread_mutex_lock(&mutexes[2]));
  STEPPED(7, pthread_mutex_unlock(&mutexes[2]));
  for (int index = 0; index < 4; index++) require(pthread_mutex_lock(&mutexes[index]) == 0);
  STEPPED(8, pthread_mutex_unlock(&mutexes[1]));
  STEPPED(9, pthread_mutex_unlock(&mutexes[2]));
  STEPPED(10, pthread_mutex_unlock(&mutexes[0]));
  STEPPED(11, pthread_mutex_unlock(&mutexes[3]));
  STEPPED(12, pthread_rwlock_rdlock(&read_side));
  STEPPED(13, pthread_spin_lock(&spin));
  STEPPED(14, pthread_rwlock_unlock(&read_side));
  STEPPED(15, pthread_spin_unlock(&spin));
  for (int index = 0; index < MUTEXES - 1; index++) require(pthread_mutex_lock(&mutexes[index]) == 0);
  STEPPED(16, pthread_mutex_unlock(&mutexes[7]));
  STEPPED(17, pthread_mutex_lock(&mutexes[7]));
  for (int index = 0; index < MUTEXES - 1; index++) require(pthread_mutex_unlock(&mutexes[index]) == 0);
}

static void interrupt_each_instruction_once(void) {
  struct sigaction action = {.sa_sigaction = interrupt_once, .sa_flags = SA_SIGINFO};
  require(sigaction(SIGTRAP, &action, NULL) == 0);
  file = open("/tmp", O_RDONLY | O_CLOEXEC);
  require(file >= 0);
  for (stepped = 0; stepped < CALLS; stepped++) {
    long length = 0;
    // The first time a function may have to be found, and memory taken.
    for (int turn = 0; turn < 2; turn++) {
      countdown = LONG_MAX;
      take_and_give_back();
      length = LONG_MAX - countdown;
    }
    require(length > 20);
    for (long instruction = 1; instruction <= length; instruction++) {
      // In the middle of long calls files are looked at and entries copied.
      if (instruction > ENDS && instruction + ENDS < length) continue;
      countdown = instruction;
      take_and_give_back();
    }
    require(countdown <= 1);
  }
  close(file);
}

static int once_each(void) {
  prepare();
  interrupt_each_instruction_once();
  require(pthread_mutex_lock(&mutexes[5]) == 0);
  return 0;
}

static int once_each_within(void) {
  prepare();
  require(pthread_mutex_lock(&mutexes[9]) == 0);
  interrupt_each_instruction_once();
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
static int once_each_threads(void) { return with_thread(once_each); }
static int once_each_within_threads(void) { return with_thread(once_each_within); }

SCENARIOS({"many-taken", many_taken}, {"again-taken", again_taken}, {"others-taken", others_taken},
          {"some-given-back", some_given_back}, {"all-given-back", all_given_back},
          {"many-taken-threads", many_taken_threads}, {"again-taken-threads", again_taken_threads},
          {"others-taken-threads", others_taken_threads}, {"some-given-back-threads", some_given_back_threads},
          {"all-given-back-threads", all_given_back_threads}, {"once-each", once_each},
          {"once-each-within", once_each_within}, {"once-each-threads", once_each_threads},
          {"once-each-within-threads", once_each_within_threads})
