// Threads wait in poll, select, epoll and accept. Where it is for one pipe or socket alone, that is what they wait for.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-thread thread="poll" waiting=pipe
// FINDING: abandoned-thread thread="ppoll" waiting=pipe
// FINDING: abandoned-thread thread="select" waiting=pipe
// FINDING: abandoned-thread thread="epoll" waiting=pipe
// FINDING: abandoned-thread thread="accept" waiting=pipe
// FINDING: abandoned-thread waiting=pipe count=5
// FINDING: abandoned-thread thread="both"
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "Support/blocked.h"

static int ends[2], others[2], set, listener;

static void *in_poll(void *unused) {
  begin(0, "poll");
  struct pollfd request = {ends[0], POLLIN, 0};
  poll(&request, 1, -1);
  return unused;
}

static void *in_ppoll(void *unused) {
  begin(1, "ppoll");
  struct pollfd request = {ends[0], POLLIN, 0};
  ppoll(&request, 1, NULL, NULL);
  return unused;
}

static void *in_select(void *unused) {
  begin(2, "select");
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(ends[0], &readable);
  select(ends[0] + 1, &readable, NULL, NULL, NULL);
  return unused;
}

static void *in_epoll(void *unused) {
  begin(3, "epoll");
  struct epoll_event event;
  epoll_wait(set, &event, 1, -1);
  return unused;
}

static void *in_accept(void *unused) {
  begin(4, "accept");
  accept(listener, NULL, NULL);
  return unused;
}

static void *in_poll_of_both(void *unused) {
  begin(5, "both");
  struct pollfd requests[2] = {{ends[0], POLLIN, 0}, {others[0], POLLIN, 0}};
  poll(requests, 2, -1);
  return unused;
}

int main(void) {
  if (pipe(ends) != 0 || pipe(others) != 0) return 1;
  struct epoll_event event = {.events = EPOLLIN};
  set = epoll_create1(0);
  if (epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event) != 0) return 1;
  // Bound to no name, the kernel gives it one (unix(7), autobind).
  struct sockaddr_un anywhere = {.sun_family = AF_UNIX};
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&anywhere, sizeof anywhere.sun_family) != 0 || listen(listener, 1) != 0) return 1;
  void *(*const routines[])(void *) = {in_poll, in_ppoll, in_select, in_epoll, in_accept, in_poll_of_both};
  const long calls[] = {SYS_poll, SYS_ppoll, SYS_pselect6, SYS_epoll_wait, SYS_accept, SYS_poll};
  for (int index = 0; index < 6; index++) {
    pthread_t thread;
    pthread_create(&thread, NULL, routines[index], NULL);
    pthread_detach(thread);
    await_system_call(index, calls[index]);
  }
  return 0;
}
