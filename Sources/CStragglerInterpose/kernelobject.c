// eventfd, epoll, timerfd, signalfd, inotify, fanotify, message queues, pidfds: descriptors of objects that only the kernel has.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
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

// MARK: - Message queues

static mqd_t queued(mqd_t queue, const char *name, int flags, StragglerCaller caller) {
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_QUEUE, .path = name, .flags = flags};
  return straggler_made(queue, how, caller);
}

/// Mode and attributes are there only if the flags ask for them; libc passes them on whatever they are (mq_open(3)).
STRAGGLER_EXPORT mqd_t mq_open(const char *name, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  struct mq_attr *attributes = va_arg(list, struct mq_attr *);
  va_end(list);
  return queued(ORIGINAL(mq_open)(name, flags, mode, attributes), name, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT mqd_t __mq_open_2(const char *name, int flags) {
  return queued(ORIGINAL(__mq_open_2)(name, flags), name, flags, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mq_close(mqd_t queue) {
  if (straggler_self() != NULL) straggler_file_closed(queue);
  return ORIGINAL(mq_close)(queue);
}

// MARK: - Processes and handles

STRAGGLER_EXPORT int pidfd_open(pid_t process, unsigned flags) {
  return straggler_made_object(
    ORIGINAL(pidfd_open)(process, flags), STRAGGLER_ORIGIN_PROCESS, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pidfd_getfd(int process, int descriptor, unsigned flags) {
  return straggler_made_object(
    ORIGINAL(pidfd_getfd)(process, descriptor, flags), STRAGGLER_ORIGIN_RECEIVED, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int open_by_handle_at(int mount, struct file_handle *handle, int flags) {
  return straggler_made_object(
    ORIGINAL(open_by_handle_at)(mount, handle, flags), STRAGGLER_ORIGIN_RECEIVED, flags, STRAGGLER_CALLER());
}

STRAGGLER_UNINSTRUMENTED_END
