// The stack above a lock, which is copied in another way on each kind of processor. Linked with the recorder, whose choice is
// replaced here.
#include "scenario.h"

/// Which registers the recorder copies with: 0 those of SSE, 1 AVX's and their end, 2 AVX's as they are (StragglerRecorder.h).
extern uint32_t straggler_has_avx;

enum { MARKS = 24 };

static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER, within = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

/// Not in the frame that is looked at: it needs room of its own there.
static __attribute__((noinline)) void tell_marks(const char *name, const volatile uint64_t *marks) { tell(name, marks); }

/// Takes the lock from a frame that is full of numbers, and goes on. Each call has numbers of its own.
static __attribute__((noinline)) void lock_among_marks(pthread_mutex_t *mutex, uint64_t first, const char *name) {
  volatile uint64_t marks[MARKS];
  for (int index = 0; index < MARKS; index++) marks[index] = first + (uint64_t)index;
  pthread_mutex_lock(mutex);
  if (name != NULL) tell_marks(name, marks);
  if (name == NULL) pthread_mutex_unlock(mutex);
}

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  // What was there before must not be taken for the newest.
  for (uint64_t round = 1; round <= 3; round++) lock_among_marks(&normal, round << 32, NULL);
  lock_among_marks(&normal, UINT64_C(7) << 32, "normal");
  lock_among_marks(&within, UINT64_C(8) << 32, "within");
  lock_among_marks(&recursive, UINT64_C(9) << 32, "recursive");
  stand();
  return unused;
}

int main(int argument_count, char **arguments) {
  require(argument_count == 2);
  uint32_t wanted = (uint32_t)atoi(arguments[1]);
  if (straggler_has_avx != 0) straggler_has_avx = wanted;
  sem_init(&standing, 0, 0);
  start(hold, NULL);
  await_standing(1);
  return 0;
}
