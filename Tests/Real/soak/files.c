// Threads that open, write, lock and close files of their own at random.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine.h"

enum { BUFFER = 4096 };

/// An entry for a new file, whose name goes to `path`.
static TruthEntry *take_file(Worker *self, TruthKind kind, char path[32]) {
  TruthEntry *entry = truth_take(self->truth, kind, NULL);
  if (entry == NULL) return NULL;
  entry->file = __atomic_add_fetch(&truth->files_used, 1, __ATOMIC_RELAXED);
  snprintf(path, 32, "file-%u", entry->file);
  return entry;
}

static void give_file(TruthEntry *entry, const char *path) {
  truth_set(entry, TRUTH_FREE);
  unlink(path);
}

static void lock_file(Worker *self, int file) {
  TruthEntry *entry = truth_take(self->truth, TRUTH_FILE_LOCK, NULL);
  if (entry == NULL) return;
  if (flock(file, LOCK_EX) == 0) truth_set(entry, TRUTH_HELD);
  soak_linger(self);
  truth_set(entry, TRUTH_IN_TRANSIT);
  flock(file, LOCK_UN);
  truth_set(entry, TRUTH_FREE);
}

static void work_on_descriptor(Worker *self, bool writes) {
  char path[32];
  TruthEntry *entry = take_file(self, writes ? TRUTH_FILE_WRITTEN : TRUTH_FILE_READ, path);
  if (entry == NULL) return;
  int file = writes ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : open("given", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    give_file(entry, path);
    return;
  }
  truth_set(entry, TRUTH_HELD);
  soak_linger(self);
  if (writes && soak_random(self, 2) == 0) lock_file(self, file);
  if (soak_random(self, 8) == 0) {
    // The same file by another number, and the first one closed.
    truth_set(entry, TRUTH_IN_TRANSIT);
    int other = dup(file);
    if (other >= 0) {
      close(file);
      file = other;
    }
    truth_set(entry, TRUTH_HELD);
    soak_linger(self);
  }
  truth_set(entry, TRUTH_IN_TRANSIT);
  close(file);
  give_file(entry, path);
}

static void lock_stream(Worker *self, FILE *stream) {
  TruthEntry *entry = truth_take(self->truth, TRUTH_STREAM_LOCK, stream);
  if (entry == NULL) return;
  flockfile(stream);
  truth_set(entry, TRUTH_HELD);
  soak_linger(self);
  truth_set(entry, TRUTH_IN_TRANSIT);
  funlockfile(stream);
  truth_set(entry, TRUTH_FREE);
}

static void work_on_stream(Worker *self) {
  char path[32], bytes[BUFFER];
  TruthEntry *entry = take_file(self, TRUTH_FILE_WRITTEN, path);
  if (entry == NULL) return;
  FILE *stream = fopen(path, "we");
  if (stream == NULL) {
    give_file(entry, path);
    return;
  }
  setvbuf(stream, NULL, _IOFBF, BUFFER);
  truth_set(entry, TRUTH_HELD);
  memset(bytes, '.', sizeof bytes);
  for (uint32_t count = soak_random(self, 4); count > 0; count--) {
    uint32_t size = 1 + soak_random(self, 500);
    truth_set(entry, TRUTH_IN_TRANSIT);
    fwrite(bytes, 1, size, stream);
    entry->unflushed += size;
    if (soak_random(self, 8) == 0 && fflush(stream) == 0) entry->unflushed = 0;
    truth_set(entry, TRUTH_HELD);
    soak_linger(self);
  }
  if (soak_random(self, 2) == 0) lock_stream(self, stream);
  truth_set(entry, TRUTH_IN_TRANSIT);
  fclose(stream);
  give_file(entry, path);
}

void files_step(Worker *self) {
  uint32_t what = soak_random(self, 3);
  if (what == 2) {
    work_on_stream(self);
  } else {
    work_on_descriptor(self, what == 0);
  }
}
