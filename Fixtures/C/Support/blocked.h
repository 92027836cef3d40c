// Waits until another thread stands in a system call: what it does after that can't be told to anybody by itself.
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static _Atomic int blocked_ids[16];

/// The calling thread's first step: its name (NULL: none), and its place among those that are waited for.
static void begin(int index, const char *name) {
  if (name != NULL) pthread_setname_np(pthread_self(), name);
  atomic_store(&blocked_ids[index], (int)syscall(SYS_gettid));
}

/// Returns once the thread with this place stands in this system call (proc(5), /proc/PID/task/TID/syscall).
static void await_system_call(int index, long number) {
  for (;;) {
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", atomic_load(&blocked_ids[index]));
    FILE *file = fopen(path, "r");
    if (file != NULL) {
      size_t length = fread(text, 1, sizeof text - 1, file);
      fclose(file);
      text[length] = 0;
      if (text[0] >= '0' && text[0] <= '9' && strtol(text, NULL, 10) == number) return;
    }
    usleep(1000);
  }
}
