// Every kind of lock, taken in every way that there is: each is held, and each is free again when it was given back.
#include "scenario.h"

#include <sched.h>
#include <threads.h>

enum { LOCK, TRY, TIMED, CLOCK, WAYS };
static const char *const way_names[WAYS] = {"lock", "try", "timed", "clock"};

static void tell_both(const char *kind, const char *way, const volatile void *address) {
  char name[64];
  snprintf(name, sizeof name, "%s-%s", kind, way);
  tell(name, address);
}

// MARK: - Mutexes

typedef struct Kind {
  const char *name;
  int type, protocol, robustness, shared;
} Kind;

// The last one needs a thread of a real-time policy.
static const Kind kinds[] = {
  {"normal", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
  {"recursive", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
  {"checking", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
  {"adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
  {"shared", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED},
  {"inheriting", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
  {"robust", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE},
  {"robust-inheriting", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_SHARED},
  {"protecting", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_PROTECT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE},
};
enum { KINDS = sizeof kinds / sizeof *kinds, FIRST_ROBUST = 6, PROTECTING = KINDS - 1 };
static pthread_mutex_t mutexes[KINDS][WAYS];
static int kind_count = KINDS;

static int become_real_time(void) {
  struct sched_param priority = {.sched_priority = 1};
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
}

/// Ends with 1 where this user's threads can have no real-time policy.
static int may_be_real_time(void) { return become_real_time() == 0 ? 0 : 1; }

static void make_mutexes(void) {
  int refused = become_real_time();
  if (refused != 0) {
    kind_count = PROTECTING;
    fprintf(stderr, "no mutexes that protect a priority: %s\n", strerror(refused));
  }
  for (int kind = 0; kind < kind_count; kind++) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kinds[kind].type);
    pthread_mutexattr_setprotocol(&attributes, kinds[kind].protocol);
    pthread_mutexattr_setrobust(&attributes, kinds[kind].robustness);
    pthread_mutexattr_setpshared(&attributes, kinds[kind].shared);
    for (int way = 0; way < WAYS; way++) {
      require(pthread_mutex_init(&mutexes[kind][way], &attributes) == 0);
      tell_both(kinds[kind].name, way_names[way], &mutexes[kind][way]);
    }
  }
}

static int take(pthread_mutex_t *mutex, int way) {
  struct timespec time = past();
  switch (way) {
    case LOCK: return pthread_mutex_lock(mutex);
    case TRY: return pthread_mutex_trylock(mutex);
    case TIMED: return pthread_mutex_timedlock(mutex, &time);
    default: return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &time);
  }
}

static int mutexes_held(void) {
  make_mutexes();
  for (int kind = 0; kind < kind_count; kind++) {
    for (int way = 0; way < WAYS; way++) require(take(&mutexes[kind][way], way) == 0);
  }
  return 0;
}

static int mutexes_released(void) {
  mutexes_held();
  for (int kind = 0; kind < kind_count; kind++) {
    for (int way = 0; way < WAYS; way++) require(pthread_mutex_unlock(&mutexes[kind][way]) == 0);
  }
  return 0;
}

static void *die_with_robust_ones(void *unused) {
  for (int kind = FIRST_ROBUST; kind < PROTECTING; kind++) {
    for (int way = 0; way < WAYS; way++) require(take(&mutexes[kind][way], LOCK) == 0);
  }
  return unused;
}

static int robust_inherited(void) {
  make_mutexes();
  join(start(die_with_robust_ones, NULL));
  for (int kind = FIRST_ROBUST; kind < PROTECTING; kind++) {
    for (int way = 0; way < WAYS; way++) require(take(&mutexes[kind][way], way) == EOWNERDEAD);
  }
  return 0;
}

static int robust_repaired(void) {
  robust_inherited();
  for (int kind = FIRST_ROBUST; kind < PROTECTING; kind++) {
    for (int way = 0; way < WAYS; way++) {
      require(pthread_mutex_consistent(&mutexes[kind][way]) == 0);
      require(pthread_mutex_unlock(&mutexes[kind][way]) == 0);
    }
  }
  return 0;
}

// MARK: - C11's mutexes

static const struct { const char *name; int type; } c11_kinds[] = {
  {"plain", mtx_plain}, {"timed", mtx_timed}, {"c11-recursive", mtx_timed | mtx_recursive}};
enum { C11_KINDS = 3, C11_WAYS = 3 };
static mtx_t c11_mutexes[C11_KINDS][C11_WAYS];

static int c11_held(void) {
  struct timespec time = past();
  for (int kind = 0; kind < C11_KINDS; kind++) {
    mtx_t *mutex = c11_mutexes[kind];
    for (int way = 0; way < C11_WAYS; way++) {
      require(mtx_init(&mutex[way], c11_kinds[kind].type) == thrd_success);
      tell_both(c11_kinds[kind].name, way_names[way], &mutex[way]);
    }
    require(mtx_lock(&mutex[LOCK]) == thrd_success);
    require(mtx_trylock(&mutex[TRY]) == thrd_success);
    require(mtx_timedlock(&mutex[TIMED], &time) == thrd_success);
  }
  return 0;
}

static int c11_released(void) {
  c11_held();
  for (int kind = 0; kind < C11_KINDS; kind++) {
    for (int way = 0; way < C11_WAYS; way++) require(mtx_unlock(&c11_mutexes[kind][way]) == thrd_success);
  }
  return 0;
}

// MARK: - Read-write locks

static const struct { const char *name; int kind; } preferences[] = {
  {"reader", PTHREAD_RWLOCK_PREFER_READER_NP}, {"writer", PTHREAD_RWLOCK_PREFER_WRITER_NP},
  {"only-writer", PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP}};
enum { PREFERENCES = 3 };
static pthread_rwlock_t rwlocks[PREFERENCES][2][WAYS];

static int take_side(pthread_rwlock_t *lock, bool shared, int way) {
  struct timespec time = past();
  switch (way) {
    case LOCK: return shared ? pthread_rwlock_rdlock(lock) : pthread_rwlock_wrlock(lock);
    case TRY: return shared ? pthread_rwlock_tryrdlock(lock) : pthread_rwlock_trywrlock(lock);
    case TIMED: return shared ? pthread_rwlock_timedrdlock(lock, &time) : pthread_rwlock_timedwrlock(lock, &time);
    default:
      return shared ? pthread_rwlock_clockrdlock(lock, CLOCK_MONOTONIC, &time)
                    : pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, &time);
  }
}

static int rwlocks_held(void) {
  for (int kind = 0; kind < PREFERENCES; kind++) {
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, preferences[kind].kind);
    for (int side = 0; side < 2; side++) {
      for (int way = 0; way < WAYS; way++) {
        require(pthread_rwlock_init(&rwlocks[kind][side][way], &attributes) == 0);
        tell_both(preferences[kind].name, way_names[way], &rwlocks[kind][side][way]);
        require(take_side(&rwlocks[kind][side][way], side == 1, way) == 0);
      }
    }
  }
  return 0;
}

static int rwlocks_released(void) {
  rwlocks_held();
  for (int kind = 0; kind < PREFERENCES; kind++) {
    for (int way = 0; way < WAYS; way++) {
      require(pthread_rwlock_unlock(&rwlocks[kind][0][way]) == 0);
      require(pthread_rwlock_unlock(&rwlocks[kind][1][way]) == 0);
    }
  }
  return 0;
}

// MARK: - Nearly used up

/// Many locks, of which the first one taken is the last one given back.
static pthread_mutex_t many[4096];

static int thousands_but_one_released(void) {
  tell("first", &many[0]);
  for (int index = 0; index < 4096; index++) require(pthread_mutex_lock(&many[index]) == 0);
  for (int index = 4095; index > 0; index--) require(pthread_mutex_unlock(&many[index]) == 0);
  return 0;
}

SCENARIOS(
  {"may-be-real-time", may_be_real_time},
  {"mutexes-held", mutexes_held}, {"mutexes-released", mutexes_released}, {"robust-inherited", robust_inherited},
  {"robust-repaired", robust_repaired}, {"c11-held", c11_held}, {"c11-released", c11_released},
  {"rwlocks-held", rwlocks_held}, {"rwlocks-released", rwlocks_released},
  {"thousands-but-one-released", thousands_but_one_released})
