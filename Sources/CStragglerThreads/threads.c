// The shims of CStragglerThreads.h: each calls the one glibc function that it names. And one object that a forked child can reach.
#define _GNU_SOURCE
#include "CStragglerThreads.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// TASK_COMM_LEN of the kernel, its NUL included.
enum { KERNEL_NAME_SIZE = 16 };

static void *runtime_object;

void *straggler_runtime_object(void) { return __atomic_load_n(&runtime_object, __ATOMIC_ACQUIRE); }

static void *(*runtime_maker)(void);

static void make_runtime_object(void) { __atomic_store_n(&runtime_object, runtime_maker(), __ATOMIC_RELEASE); }

void *straggler_made_runtime_object(void *(*make)(void)) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  __atomic_store_n(&runtime_maker, make, __ATOMIC_RELAXED);
  pthread_once(&once, make_runtime_object);
  return straggler_runtime_object();
}

pid_t straggler_kernel_thread_id(void) { return gettid(); }

/// A sanitizer's pthread_setname_np, in a program that is built with one: its reports name threads too.
extern int __interceptor_pthread_setname_np(pthread_t thread, const char *name)
  __attribute__((weak, visibility("default")));

bool straggler_set_kernel_thread_name(const char *name) {
  char cut[KERNEL_NAME_SIZE];
  size_t length = strnlen(name, sizeof cut);
  if (length == sizeof cut) {
    length -= 1;
    // 10xxxxxx continues a sequence: cutting before one would leave half a character.
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80) length -= 1;
  }
  memcpy(cut, name, length);
  cut[length] = '\0';
  if (__interceptor_pthread_setname_np != NULL) {
    __interceptor_pthread_setname_np(pthread_self(), cut);
    return true;
  }
  syscall(SYS_prctl, PR_SET_NAME, cut, 0, 0, 0);
  return false;
}

int straggler_try_join(pthread_t thread) { return pthread_tryjoin_np(thread, NULL); }

int straggler_lock_until(pthread_mutex_t *mutex, const struct timespec *deadline) {
  return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, deadline);
}

int straggler_read_lock_until(pthread_rwlock_t *lock, const struct timespec *deadline) {
  return pthread_rwlock_clockrdlock(lock, CLOCK_MONOTONIC, deadline);
}

int straggler_write_lock_until(pthread_rwlock_t *lock, const struct timespec *deadline) {
  return pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, deadline);
}

int straggler_rwlock_init(pthread_rwlock_t *lock) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  int result = pthread_rwlock_init(lock, &attributes);
  pthread_rwlockattr_destroy(&attributes);
  return result;
}

pid_t straggler_mutex_owner(const pthread_mutex_t *mutex) {
  return __atomic_load_n(&mutex->__data.__owner, __ATOMIC_RELAXED);
}

unsigned straggler_mutex_depth(const pthread_mutex_t *mutex) {
  return __atomic_load_n(&mutex->__data.__count, __ATOMIC_RELAXED);
}
