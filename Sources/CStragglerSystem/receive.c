// Receiving a descriptor over a socket: unix(7), SCM_RIGHTS.
#define _GNU_SOURCE
#include "CStragglerSystem.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int straggler_system_accept(int listener, int *connection) {
  do *connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (*connection < 0 && (errno == EINTR || errno == ECONNABORTED));
  return *connection < 0 ? errno : 0;
}

// Keeps the first descriptor of a message and closes what else came with it.
static int take_descriptors(struct msghdr *message) {
  int kept = -1;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(part) + i * sizeof descriptor, sizeof descriptor);
      if (kept < 0) kept = descriptor;
      else close(descriptor);
    }
  }
  return kept;
}

pid_t straggler_system_peer(int socket) {
  struct ucred peer = {.pid = 0};
  socklen_t size = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

int straggler_system_receive(int socket, void *bytes, size_t length, int *descriptor, pid_t *sender) {
  union {
    char space[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
  } control;
  struct iovec part = {.iov_base = bytes, .iov_len = length};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  *descriptor = -1;
  ssize_t received;
  do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (received < 0 && errno == EINTR);
  if (received < 0) return errno;
  *descriptor = take_descriptors(&message);
  *sender = straggler_system_peer(socket);
  int error = (size_t)received == length ? 0 : EPROTO;
  if (error != 0 && *descriptor >= 0) {
    close(*descriptor);
    *descriptor = -1;
  }
  return error;
}
