// A library whose file calls never return: what the interposed ones find under their own names.
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

static int stay(void) {
  int result = 0;
  while (result <= 0) result = pause();
  return result;
}

int fsync(int descriptor) {
  (void)descriptor;
  return stay();
}

int ftruncate(int descriptor, off_t length) {
  (void)descriptor, (void)length;
  return stay();
}

int truncate(const char *path, off_t length) {
  (void)path, (void)length;
  return stay();
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  (void)from_folder, (void)from, (void)to_folder, (void)to, (void)flags;
  return stay();
}

int posix_fallocate(int descriptor, off_t offset, off_t length) {
  (void)descriptor, (void)offset, (void)length;
  return stay();
}

int rename(const char *from, const char *to) {
  (void)from, (void)to;
  return stay();
}
