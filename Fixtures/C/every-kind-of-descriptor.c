// A thread has a descriptor of every kind that is no regular file when main returns: a note for each, and no more.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// FINDING: abandoned-file thread="collector" level=note kind=file count=31
// FINDING: abandoned-file message="a socket (" count=7
// FINDING: abandoned-file message="a pipe (" count=7
// FINDING: abandoned-file message="which is no regular file" count=7
// FINDING: abandoned-file message="the message queue"
// FINDING: abandoned-file message="a pidfd ("
// FINDING: abandoned-file message="an eventfd ("
// FINDING: abandoned-file message="an epoll set (" count=2
// FINDING: abandoned-file message="a timerfd ("
// FINDING: abandoned-file message="a signalfd ("
// FINDING: abandoned-file message="a watch on files ("
// FINDING: abandoned-file message="the memory"
// FINDING: abandoned-file message="the folder"
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pty.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static sem_t ready;

static void must(int result) {
  if (result < 0) abort();
}

static void sends(int socket, int descriptor) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  struct iovec part = {"x", 1};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
  must((int)sendmsg(socket, &message, 0));
}

static void receives(int socket) {
  char byte, room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  must((int)recvmsg(socket, &message, 0));
}

static void collect_sockets(void) {
  int pair[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));  // 2
  sends(pair[0], 0);
  receives(pair[1]);  // 1
  int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);  // 2
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  must(bind(listener, (struct sockaddr *)&address, length));
  must(listen(listener, 2));
  must(getsockname(listener, (struct sockaddr *)&address, &length));
  must(connect(client, (struct sockaddr *)&address, length));
  must(accept4(listener, NULL, NULL, SOCK_CLOEXEC));  // 1
}

static void receives_many(int socket) {
  char byte, room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct mmsghdr message = {
    .msg_hdr = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room}};
  must(recvmmsg(socket, &message, 1, 0, NULL) - 1);
}

static void collect_received(void) {
  int pair[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));  // 2
  sends(pair[0], 0);
  receives_many(pair[1]);  // 1
}

static void collect_terminals(void) {
  must(posix_openpt(O_RDWR | O_NOCTTY));  // 1
  must(getpt());                          // 1
  int controller, terminal;
  must(openpty(&controller, &terminal, NULL, NULL, NULL));  // 2
}

static void collect_queue(void) {
  char name[64];
  snprintf(name, sizeof name, "/straggler-%d", getpid());
  must(mq_open(name, O_RDWR | O_CREAT, 0600, NULL));  // 1
  mq_unlink(name);
}

static void *collector(void *unused) {
  pthread_setname_np(pthread_self(), "collector");
  collect_sockets();    // 6
  collect_received();   // 3
  collect_terminals();  // 4
  collect_queue();      // 1
  must(pidfd_open(getpid(), 0));              // 1
  must(fcntl(0, F_DUPFD, 100));               // 1
  int ends[2];
  must(pipe(ends));                    // 2
  must(pipe2(ends, O_CLOEXEC));        // 2
  must(dup(ends[0]));                  // 1
  must(fcntl(ends[0], F_DUPFD_CLOEXEC, 100));  // 1
  must(eventfd(0, 0));                 // 1
  must(epoll_create(1));               // 1
  must(epoll_create1(0));              // 1
  must(timerfd_create(CLOCK_MONOTONIC, 0));  // 1
  sigset_t none;
  sigemptyset(&none);
  must(signalfd(-1, &none, 0));        // 1
  must(inotify_init1(0));              // 1
  must(memfd_create("scratch", 0));    // 1
  if (opendir("/") == NULL) abort();   // 1
  if (popen("true", "r") == NULL) abort();  // 1
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, collector, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
