// Whether this libc's mutexes are what mutexword.h takes them for.
#define _GNU_SOURCE
#include "mutexword.h"

#include <dlfcn.h>
#include <linux/futex.h>

#include "rawsyscall.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static const char unknown = STRAGGLER_MUTEXES_UNKNOWN, second_thread = STRAGGLER_SECOND_THREAD;
const char *straggler_single_threaded = &unknown;

/// Since glibc 2.32.
extern char __libc_single_threaded __attribute__((weak, visibility("default")));

int straggler_mutex_wake(const pthread_mutex_t *mutex) {
  // To wake who waits at an address that is no longer there does no harm (futex(2)).
  straggler_syscall3(SYS_futex, (long)&mutex->__data.__lock, FUTEX_WAKE_PRIVATE, 1);
  return 0;
}

/// Whether a function or a variable is in the file that libc itself is in.
static bool is_from(const void *libc, const void *address) {
  Dl_info info;
  return libc != NULL && dladdr(address, &info) != 0 && info.dli_fbase == libc;
}

static const void *libc_base(void) {
  Dl_info info;
  const void *version = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
  return version != NULL && dladdr(version, &info) != 0 ? info.dli_fbase : NULL;
}

/// Valgrind's tools put themselves in front of libc's functions where these stand in memory, and see nothing of what does not go
/// there. The request that tells whether one is at work (RUNNING_ON_VALGRIND) is nothing to any other processor.
static bool is_on_valgrind(void) {
  enum { RUNNING_ON_VALGRIND = 0x1001 };
  volatile uint64_t request[6] = {RUNNING_ON_VALGRIND};
  uint64_t answer = 0;
  __asm__ volatile("rolq $3, %%rdi\n\trolq $13, %%rdi\n\trolq $61, %%rdi\n\trolq $51, %%rdi\n\txchgq %%rbx, %%rbx"
                   : "+d"(answer)
                   : "a"(request)
                   : "cc", "memory", "rdi");
  return answer != 0;
}

typedef struct Words {
  int lock;
  unsigned count;
  int owner;
  unsigned users;
} Words;

static bool has_words(const pthread_mutex_t *mutex, int kind, Words words) {
  return mutex->__data.__lock == words.lock && mutex->__data.__count == words.count &&
         mutex->__data.__owner == words.owner && mutex->__data.__nusers == words.users && mutex->__data.__kind == kind;
}

/// Taken and given back by libc's functions, looked at after each step.
static bool is_as_described(pthread_mutex_t mutex, int kind, int self) {
  const Words free = {0, 0, 0, 0}, taken = {1, kind == PTHREAD_MUTEX_RECURSIVE_NP ? 1 : 0, self, 1};
  if (!has_words(&mutex, kind, free) || ORIGINAL(pthread_mutex_lock)(&mutex) != 0) return false;
  bool same = has_words(&mutex, kind, taken);
  return ORIGINAL(pthread_mutex_unlock)(&mutex) == 0 && same && has_words(&mutex, kind, free);
}

void straggler_know_mutexes(void) {
  StragglerThread *self = straggler_self();
  const void *libc = libc_base();
  if (self == NULL || self->tid == 0 || is_on_valgrind()) return;
  // Another preloaded library, or a sanitizer, wants to see each lock.
  if (!is_from(libc, ORIGINAL(pthread_mutex_lock)) || !is_from(libc, ORIGINAL(pthread_mutex_trylock)) ||
      !is_from(libc, ORIGINAL(pthread_mutex_unlock))) {
    return;
  }
  const pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER, recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  if (!is_as_described(normal, PTHREAD_MUTEX_TIMED_NP, self->tid) ||
      !is_as_described(recursive, PTHREAD_MUTEX_RECURSIVE_NP, self->tid)) {
    return;
  }
  straggler_thread_trust_libc(self);
  // An executable may have a copy of the variable (a copy relocation; C++ programs do), which libc forgets in pthread_cancel (2.36).
  bool is_libcs = &__libc_single_threaded != NULL && is_from(libc, &__libc_single_threaded);
  __atomic_store_n(&straggler_single_threaded, is_libcs ? &__libc_single_threaded : &second_thread, __ATOMIC_RELEASE);
}

STRAGGLER_UNINSTRUMENTED_END
