// A thread received an open file over a socket, and has it when main returns: which file it is, the kernel tells.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// EXIT: 23
// FINDING: abandoned-file thread="receiver" resource="sent.txt" level=warning mode=write function=receiver
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static sem_t ready;
static int ends[2];

static void *receiver(void *unused) {
  pthread_setname_np(pthread_self(), "receiver");
  char byte, room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct mmsghdr message = {
    .msg_hdr = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room}};
  if (recvmmsg(ends[1], &message, 1, 0, NULL) != 1) abort();
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  int file = open("sent.txt", O_WRONLY | O_CREAT, 0600);
  if (file < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) abort();
  pthread_t thread;
  pthread_create(&thread, NULL, receiver, NULL);
  pthread_detach(thread);
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &file, sizeof file);
  struct iovec part = {"x", 1};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
  if (sendmsg(ends[0], &message, 0) != 1) abort();
  close(file);
  sem_wait(&ready);
  return 0;
}
