// Threads that wait for what does not come, while the exit goes on for longer than they are kept stopped. One whose wait ends says so.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void in_sleep(void) { sleep(600); }
static void in_pause(void) { pause(); }
static void in_poll(void) { poll(NULL, 0, 600000); }
static void in_select(void) { select(0, NULL, NULL, NULL, &(struct timeval){600, 0}); }
static void in_epoll(void) { epoll_wait(epoll_create1(0), &(struct epoll_event){0}, 1, 600000); }
static void in_sigtimedwait(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigtimedwait(&set, NULL, &(struct timespec){600, 0});
}
static void in_semaphore(void) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 600;
  sem_timedwait(&semaphore, &end);
}

static const struct Wait {
  const char *name;
  void (*run)(void);
  long call;
} waits[] = {
  {"sleep", in_sleep, SYS_clock_nanosleep}, {"pause", in_pause, SYS_pause},         {"poll", in_poll, SYS_poll},
  {"select", in_select, SYS_pselect6},      {"epoll", in_epoll, SYS_epoll_wait},    {"sigtimedwait", in_sigtimedwait, SYS_rt_sigtimedwait},
  {"semaphore", in_semaphore, SYS_futex},
};
enum { WAITS = sizeof waits / sizeof waits[0] };
static pid_t ids[WAITS];

static void *run(void *argument) {
  const struct Wait *wait = argument;
  __atomic_store_n(&ids[wait - waits], gettid(), __ATOMIC_RELEASE);
  wait->run();
  // Not by stdio, whose list of streams the exit has locked.
  ssize_t written = write(STDOUT_FILENO, wait->name, strlen(wait->name));
  return written < 0 ? argument : NULL;
}

/// Whether the thread stands in its call (proc(5), /proc/PID/task/TID/syscall).
static int stands(int index) {
  char path[64];
  long call = -1;
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", __atomic_load_n(&ids[index], __ATOMIC_ACQUIRE));
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  int count = fscanf(file, "%ld", &call);
  fclose(file);
  return count == 1 && (call == waits[index].call || call == SYS_nanosleep || call == SYS_select);
}

/// Leaves something in a stream's buffer that the exit writes last of all, to a pipe that is full until a child reads it.
static void make_exit_slow(void) {
  int ends[2];
  char bytes[4096] = {0};
  if (pipe(ends) != 0) abort();
  if (fork() == 0) {
    close(ends[1]);
    usleep(400000);
    while (read(ends[0], bytes, sizeof bytes) > 0) continue;
    _exit(0);
  }
  close(ends[0]);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  while (write(ends[1], bytes, sizeof bytes) > 0) continue;
  fcntl(ends[1], F_SETFL, 0);
  fputc(0, fdopen(ends[1], "w"));
}

int main(void) {
  for (int index = 0; index < WAITS; index++) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, (void *)&waits[index]);
    while (!stands(index)) usleep(1000);
  }
  make_exit_slow();
  return 0;
}
