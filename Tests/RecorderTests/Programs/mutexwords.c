// What a mutex's words are after each step: the same, whether it is taken and given back here or by libc itself.
#include "scenario.h"

#include <dlfcn.h>

typedef struct Functions {
  int (*lock)(pthread_mutex_t *);
  int (*trylock)(pthread_mutex_t *);
  int (*unlock)(pthread_mutex_t *);
} Functions;

static Functions as_called(void) { return (Functions){pthread_mutex_lock, pthread_mutex_trylock, pthread_mutex_unlock}; }

static Functions of_libc(void) {
  void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  require(libc != NULL);
  return (Functions){
    (int (*)(pthread_mutex_t *))dlsym(libc, "pthread_mutex_lock"),
    (int (*)(pthread_mutex_t *))dlsym(libc, "pthread_mutex_trylock"),
    (int (*)(pthread_mutex_t *))dlsym(libc, "pthread_mutex_unlock"),
  };
}

static void require_same(const pthread_mutex_t *one, const pthread_mutex_t *other) {
  require(one->__data.__lock == other->__data.__lock);
  require(one->__data.__count == other->__data.__count);
  require(one->__data.__owner == other->__data.__owner);
  require(one->__data.__nusers == other->__data.__nusers);
  require(one->__data.__kind == other->__data.__kind);
}

/// Locks, tries while it is locked, and gives back as often as it was taken; both mutexes step by step, each through its functions.
static void walk(pthread_mutex_t *one, Functions ones, pthread_mutex_t *other, Functions others) {
  require_same(one, other);
  require(ones.lock(one) == others.lock(other));
  require_same(one, other);
  int again = ones.trylock(one);
  require(again == others.trylock(other));
  require_same(one, other);
  bool recursive = again == 0;
  if (recursive) {
    require(ones.lock(one) == others.lock(other));
    require_same(one, other);
  }
  for (int time = recursive ? 3 : 1; time > 0; time--) {
    require(ones.unlock(one) == others.unlock(other));
    require_same(one, other);
  }
}

typedef struct Kind {
  int type, robustness, protocol, shared;
} Kind;

static void make(pthread_mutex_t *mutex, Kind kind) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (kind.type >= 0) pthread_mutexattr_settype(&attributes, kind.type);
  pthread_mutexattr_setrobust(&attributes, kind.robustness);
  pthread_mutexattr_setprotocol(&attributes, kind.protocol);
  pthread_mutexattr_setpshared(&attributes, kind.shared);
  int result = pthread_mutex_init(mutex, &attributes);
  require(result == 0);
}

static void walk_every_kind(void) {
  Functions called = as_called(), libcs = of_libc();
  Functions by_turns[2] = {{called.lock, called.trylock, libcs.unlock}, {libcs.lock, called.trylock, called.unlock}};
  const int types[] = {
    -1, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP};
  for (size_t type = 0; type < sizeof types / sizeof *types; type++) {
    for (int robust = PTHREAD_MUTEX_STALLED; robust <= PTHREAD_MUTEX_ROBUST; robust++) {
      for (int shared = PTHREAD_PROCESS_PRIVATE; shared <= PTHREAD_PROCESS_SHARED; shared++) {
        for (int inherits = 0; inherits < 2; inherits++) {
          Kind kind = {types[type], robust, inherits ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE, shared};
          pthread_mutex_t one, other;
          make(&one, kind);
          make(&other, kind);
          for (int time = 0; time < 2; time++) walk(&one, called, &other, libcs);
          walk(&one, by_turns[0], &other, libcs);
          walk(&one, by_turns[1], &other, libcs);
          require(pthread_mutex_destroy(&one) == 0 && pthread_mutex_destroy(&other) == 0);
        }
      }
    }
  }
}

static void *park(void *unused) {
  stand();
  return unused;
}

static int alone(void) {
  walk_every_kind();
  return 0;
}

static int beside_another_thread(void) {
  pthread_t thread;
  require(pthread_create(&thread, NULL, park, NULL) == 0);
  await_standing(1);
  walk_every_kind();
  return 0;
}

static pthread_mutex_t shared = PTHREAD_MUTEX_INITIALIZER;
static int rounds;

static void *take_turns(void *functions) {
  const Functions *through = functions;
  for (int round = 0; round < 20000; round++) {
    through->lock(&shared);
    rounds += 1;
    if (round % 64 == 0) sched_yield();
    through->unlock(&shared);
  }
  return NULL;
}

/// Whoever waits in libc is woken from here, and the other way round.
static int waited_for(void) {
  Functions called = as_called(), libcs = of_libc();
  Functions *const through[4] = {&called, &libcs, &called, &libcs};
  pthread_t threads[4];
  for (int index = 0; index < 4; index++) {
    require(pthread_create(&threads[index], NULL, take_turns, through[index]) == 0);
  }
  for (int index = 0; index < 4; index++) require(pthread_join(threads[index], NULL) == 0);
  require(rounds == 80000);
  require(shared.__data.__lock == 0 && shared.__data.__owner == 0 && shared.__data.__nusers == 0);
  return 0;
}

static void lock_often(void) {
  static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  for (int time = 0; time < 100; time++) {
    pthread_mutex_lock(&shared);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    pthread_mutex_unlock(&recursive);
    pthread_mutex_unlock(&recursive);
    pthread_mutex_unlock(&shared);
  }
}

/// A library that was preloaded behind the recorder counts them.
static int counted(void) {
  lock_often();
  pthread_t thread;
  require(pthread_create(&thread, NULL, park, NULL) == 0);
  await_standing(1);
  lock_often();
  return 0;
}

SCENARIOS(
  {"alone", alone}, {"beside-another-thread", beside_another_thread}, {"waited-for", waited_for}, {"counted", counted})
