// What the recording of file operations costs: opening and closing a file, and writing 4 KiB over its beginning.
#define _GNU_SOURCE
#include "measure.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { ROUNDS = 500, BYTES = 4096 };

static void open_and_close(const Side *side, void *path) {
  int descriptor = ((int (*)(const char *, int, ...))side->functions[0])(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) measure_fail("the file could not be opened");
  ((int (*)(int))side->functions[1])(descriptor);
}

static void write_over(const Side *side, void *descriptor) {
  static const char bytes[BYTES];
  int file = *(int *)descriptor;
  ssize_t written = ((ssize_t(*)(int, const void *, size_t, off_t))side->functions[0])(file, bytes, BYTES, 0);
  if (written != BYTES) measure_fail("the file could not be written");
}

static const char *const opening[2] = {"open", "close"};

/// With as much stack above as an opening keeps of it, and more.
static void open_deep_in_the_stack(void *path) {
  volatile char above[4 * BYTES];
  above[0] = above[sizeof above - 1] = 1;
  measure_compare("open and close, deep in the stack", opening, open_and_close, path, ROUNDS);
  above[1] = above[0];  // it stays until here
}

static void *work(void *path) {
  static const char *const writing[2] = {"pwrite", "write"};
  int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) measure_fail("the file could not be created");
  measure_compare("open and close", opening, open_and_close, path, ROUNDS);
  open_deep_in_the_stack(path);
  measure_compare("write of 4 KiB", writing, write_over, &descriptor, ROUNDS);
  close(descriptor);
  unlink(path);
  return NULL;
}

int main(int argument_count, char **arguments) {
  if (argument_count != 2) measure_fail("usage: files FILE: a file that may be made and removed");
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, arguments[1]) != 0) measure_fail("no thread could be created");
  pthread_join(thread, NULL);
  return 0;
}
