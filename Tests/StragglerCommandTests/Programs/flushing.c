// The exit waits for libc's list of streams, which a thread has that flushes them all into a full pipe. A child reads from that once main
// waits.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CAPACITY = 4096 };
static int ends[2];
static _Atomic pid_t flusher;

/// The line of a thread in /proc/PID/task/TID/syscall (proc(5)).
static void read_call(pid_t process, pid_t thread, char line[256]) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", process, thread);
  int file = open(path, O_RDONLY);
  ssize_t length = file < 0 ? 0 : read(file, line, 255);
  line[length < 0 ? 0 : length] = 0;
  close(file);
}

/// For a lock of libc's own: without a time limit, as the recorder's waits are.
static int waits_for_a_lock(const char *line) {
  unsigned long word, operation, value, limit;
  return sscanf(line, "202 %lx %lx %lx %lx", &word, &operation, &value, &limit) == 4 && limit == 0;
}

static void read_once_main_waits(pid_t main_process, const _Atomic int *is_leaving) {
  char line[256], bytes[CAPACITY];
  close(ends[1]);
  while (!*is_leaving) usleep(100);
  do read_call(main_process, main_process, line);
  while (line[0] != 0 && !waits_for_a_lock(line));
  while (read(ends[0], bytes, sizeof bytes) > 0) {}
  _exit(0);
}

static void *flush_all(void *unused) {
  FILE *stream = fdopen(ends[1], "w");
  if (stream == NULL || fputs("half a line", stream) < 0) abort();
  flusher = gettid();
  fflush(NULL);
  for (;;) pause();
  return unused;
}

int main(void) {
  static char filling[CAPACITY];
  char line[256] = "";
  _Atomic int *is_leaving = mmap(NULL, sizeof *is_leaving, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (is_leaving == MAP_FAILED || pipe(ends) != 0) return 97;
  if (fcntl(ends[1], F_SETPIPE_SZ, CAPACITY) != CAPACITY || write(ends[1], filling, CAPACITY) != CAPACITY) return 97;
  pid_t self = getpid();
  if (fork() == 0) read_once_main_waits(self, is_leaving);
  pthread_t thread;
  if (pthread_create(&thread, NULL, flush_all, NULL) != 0) return 97;
  while (flusher == 0 || atoi(line) != SYS_write) read_call(self, flusher == 0 ? self : flusher, line);
  *is_leaving = 1;
  return 0;
}
