// eventfd, epoll, timerfd, signalfd, inotify, fanotify: descriptors of objects that only the kernel has.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "descriptor.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

STRAGGLER_EXPORT int eventfd(unsigned value, int flags) {
  return straggler_made_object(ORIGINAL(eventfd)(value, flags), STRAGGLER_ORIGIN_EVENT, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int epoll_create(int size) {
  return straggler_made_object(ORIGINAL(epoll_create)(size), STRAGGLER_ORIGIN_EPOLL, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int epoll_create1(int flags) {
  return straggler_made_object(ORIGINAL(epoll_create1)(flags), STRAGGLER_ORIGIN_EPOLL, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int timerfd_create(clockid_t clock, int flags) {
  return straggler_made_object(
    ORIGINAL(timerfd_create)(clock, flags), STRAGGLER_ORIGIN_TIMER, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int signalfd(int descriptor, const sigset_t *signals, int flags) {
  int result = ORIGINAL(signalfd)(descriptor, signals, flags);
  if (descriptor >= 0) return result;  // only the signals of one that is there were changed (signalfd(2))
  return straggler_made_object(result, STRAGGLER_ORIGIN_SIGNAL, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int inotify_init(void) {
  return straggler_made_object(ORIGINAL(inotify_init)(), STRAGGLER_ORIGIN_WATCH, O_RDONLY, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int inotify_init1(int flags) {
  return straggler_made_object(ORIGINAL(inotify_init1)(flags), STRAGGLER_ORIGIN_WATCH, O_RDONLY, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int fanotify_init(unsigned flags, unsigned event_flags) {
  return straggler_made_object(
    ORIGINAL(fanotify_init)(flags, event_flags), STRAGGLER_ORIGIN_WATCH, (int)event_flags, STRAGGLER_CALLER());
}

STRAGGLER_UNINSTRUMENTED_END
