// Threads wait for a pipe, a socket, a child process and a file's lock.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-thread thread="pipe" waiting=pipe
// FINDING: abandoned-thread thread="socket" waiting=pipe
// FINDING: abandoned-thread thread="child" waiting=process
// FINDING: abandoned-thread thread="poll" waiting=pipe
// FINDING: abandoned-thread waiting=pipe count=3
// FINDING: abandoned-thread waiting=process
// FINDING: abandoned-file waiting=file-lock thread="flock" holder="owner" resource="lock"
// FINDING: abandoned-lock thread="owner" kind=file-lock
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Support/blocked.h"

static int ends[2], pair[2];
static pid_t child;
static sem_t ready;

static void *read_pipe(void *unused) {
  begin(0, "pipe");
  char byte;
  return read(ends[0], &byte, 1) == 1 ? unused : NULL;
}

static void *read_socket(void *unused) {
  begin(1, "socket");
  char byte;
  return recv(pair[0], &byte, 1, 0) == 1 ? unused : NULL;
}

static void *await_child(void *unused) {
  begin(2, "child");
  int status;
  waitpid(child, &status, 0);
  return unused;
}

static void *poll_pipe(void *unused) {
  begin(3, "poll");
  struct pollfd request = {ends[0], POLLIN, 0};
  poll(&request, 1, -1);
  return unused;
}

static void *lock_file(void *unused) {
  pthread_setname_np(pthread_self(), "owner");
  flock(open("lock", O_CREAT | O_RDWR, 0600), LOCK_EX);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

static void *await_file(void *unused) {
  int file = open("lock", O_RDWR);
  begin(4, "flock");
  flock(file, LOCK_EX);
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  if (pipe(ends) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 1;
  child = fork();
  if (child == 0) {
    // Ends with its parent, which alone can write to the pipe.
    char byte;
    close(ends[1]);
    _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
  }
  void *(*const routines[])(void *) = {read_pipe, read_socket, await_child, poll_pipe, lock_file, await_file};
  pthread_t threads[6];
  for (int index = 0; index < 6; index++) {
    if (index == 5) sem_wait(&ready);
    pthread_create(&threads[index], NULL, routines[index], NULL);
    pthread_detach(threads[index]);
  }
  const long calls[] = {SYS_read, SYS_recvfrom, SYS_wait4, SYS_poll, SYS_flock};
  for (int index = 0; index < 5; index++) await_system_call(index, calls[index]);
  return 0;
}
