// Pipes and sockets, and the descriptors that come through a socket.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <sys/socket.h>
#include <unistd.h>

#include "descriptor.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

// MARK: - Pipes

static int piped(int result, const int ends[2], int flags, StragglerCaller caller) {
  if (result != 0) return result;
  straggler_made_object(ends[0], STRAGGLER_ORIGIN_PIPE, flags | O_RDONLY, caller);
  straggler_made_object(ends[1], STRAGGLER_ORIGIN_PIPE, flags | O_WRONLY, caller);
  return result;
}

STRAGGLER_EXPORT int pipe(int ends[2]) { return piped(ORIGINAL(pipe)(ends), ends, 0, STRAGGLER_CALLER()); }

STRAGGLER_EXPORT int pipe2(int ends[2], int flags) {
  return piped(ORIGINAL(pipe2)(ends, flags), ends, flags, STRAGGLER_CALLER());
}

// MARK: - Sockets

STRAGGLER_EXPORT int socket(int domain, int type, int protocol) {
  return straggler_made_object(
    ORIGINAL(socket)(domain, type, protocol), STRAGGLER_ORIGIN_SOCKET, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int socketpair(int domain, int type, int protocol, int ends[2]) {
  int result = ORIGINAL(socketpair)(domain, type, protocol, ends);
  if (result != 0) return result;
  straggler_made_object(ends[0], STRAGGLER_ORIGIN_SOCKET, O_RDWR, STRAGGLER_CALLER());
  straggler_made_object(ends[1], STRAGGLER_ORIGIN_SOCKET, O_RDWR, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int accept(int listener, __SOCKADDR_ARG address, socklen_t *length) {
  return straggler_made_object(
    ORIGINAL(accept)(listener, address, length), STRAGGLER_ORIGIN_SOCKET, O_RDWR, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int accept4(int listener, __SOCKADDR_ARG address, socklen_t *length, int flags) {
  return straggler_made_object(
    ORIGINAL(accept4)(listener, address, length, flags), STRAGGLER_ORIGIN_SOCKET, O_RDWR, STRAGGLER_CALLER());
}

// MARK: - Descriptors out of a message

/// What they are is not known: the freeze asks the kernel (unix(7), SCM_RIGHTS).
static void received(struct msghdr *message, StragglerCaller caller) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; index++) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(part) + index * sizeof descriptor, sizeof descriptor);
      straggler_made_object(descriptor, STRAGGLER_ORIGIN_RECEIVED, O_RDWR, caller);
    }
  }
}

STRAGGLER_EXPORT ssize_t recvmsg(int socket, struct msghdr *message, int flags) {
  ssize_t result = ORIGINAL(recvmsg)(socket, message, flags);
  if (result >= 0 && message->msg_controllen > 0) received(message, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int recvmmsg(
  int socket, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout
) {
  int result = ORIGINAL(recvmmsg)(socket, messages, count, flags, timeout);
  for (int index = 0; index < result; index++) {
    if (messages[index].msg_hdr.msg_controllen > 0) received(&messages[index].msg_hdr, STRAGGLER_CALLER());
  }
  return result;
}

STRAGGLER_UNINSTRUMENTED_END
