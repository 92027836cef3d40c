// Open descriptors: who opened each, where, and who wrote last. One entry a descriptor, found by its number.
#include <fcntl.h>

#include "state.h"

int straggler_stream_descriptor(const void *stream) {
  return *(const int *)((const char *)stream + 112);  // struct _IO_FILE's _fileno, glibc bits/types/struct_FILE.h
}

static StragglerFile *live_file(int descriptor) {
  if (straggler_arena == NULL || !straggler_guard.recording || descriptor < 0) return NULL;
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_FILES);
  if ((uint32_t)descriptor >= __atomic_load_n(&region->used, __ATOMIC_ACQUIRE)) return NULL;
  StragglerFile *file = straggler_taken_entry(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  return file != NULL && __atomic_load_n(&file->state, __ATOMIC_ACQUIRE) == STRAGGLER_ENTRY_LIVE ? file : NULL;
}

static uint32_t access_flags(int open_flags) {
  switch (open_flags & O_ACCMODE) {
    case O_RDONLY: return STRAGGLER_FILE_READ;
    case O_WRONLY: return STRAGGLER_FILE_WRITE;
    default: return STRAGGLER_FILE_READ | STRAGGLER_FILE_WRITE;
  }
}

void straggler_file_opened(
  StragglerThread *self, int descriptor, const char *path, int open_flags, const void *stream, StragglerCaller caller
) {
  if (descriptor < 0) return;
  StragglerFile *file = straggler_entry(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  if (file == NULL) {
    straggler_note_lost(STRAGGLER_REGION_FILES);
    return;
  }
  straggler_modules_refresh();
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_CLAIMED, __ATOMIC_RELEASE);
  straggler_begin_write(&file->sequence);
  file->flags = access_flags(open_flags);
  file->opener = self->number;
  file->last_writer = 0;
  file->lock_holder = 0;
  file->open_flags = (uint32_t)open_flags;
  file->stream = (uint64_t)stream;
  file->unflushed = 0;
  file->unsynced = 0;
  file->path[0] = 0;
  if (path != NULL) {
    if (straggler_copy_string(file->path, path, sizeof file->path)) file->flags |= STRAGGLER_FILE_PATH_CUT;
    if (path[0] != '/') file->flags |= STRAGGLER_FILE_PATH_RELATIVE;
  }
  straggler_capture(self, caller, &file->capture, file->stack, sizeof file->stack);
  straggler_end_write(&file->sequence);
  straggler_note_used(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_LIVE, __ATOMIC_RELEASE);
}

void straggler_file_closed(int descriptor) {
  StragglerFile *file = live_file(descriptor);
  if (file == NULL) return;
  straggler_file_unlocked(descriptor);
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_FREE, __ATOMIC_RELEASE);
}

void straggler_file_locked(StragglerThread *self, int descriptor, uint8_t mode, StragglerCaller caller) {
  StragglerFile *file = live_file(descriptor);
  if (file == NULL) return;
  straggler_file_unlocked(descriptor);  // a second lock converts the first one
  StragglerHolding how = {STRAGGLER_RESOURCE_FILE_LOCK, mode, 0};
  straggler_push_hold(
    self, (const void *)STRAGGLER_FILE_LOCK(descriptor), how, caller, STRAGGLER_WIDE_WINDOW);
  __atomic_store_n(&file->lock_holder, self->number, __ATOMIC_RELEASE);
}

void straggler_file_unlocked(int descriptor) {
  StragglerFile *file = live_file(descriptor);
  uint32_t holder = file != NULL ? __atomic_exchange_n(&file->lock_holder, 0, __ATOMIC_ACQ_REL) : 0;
  if (holder != 0) straggler_drop_hold(holder, STRAGGLER_FILE_LOCK(descriptor));
}

bool straggler_file_wrapped(int descriptor, const void *stream) {
  StragglerFile *file = live_file(descriptor);
  if (file != NULL) __atomic_store_n(&file->stream, (uint64_t)stream, __ATOMIC_RELEASE);
  return file != NULL;
}

uint32_t straggler_file_opening(int descriptor) {
  const StragglerFile *file = live_file(descriptor);
  return file != NULL ? file->sequence : 0;
}

void straggler_file_closed_since(int descriptor, uint32_t opening) {
  if (opening != 0 && straggler_file_opening(descriptor) == opening) straggler_file_closed(descriptor);
}

void straggler_file_written(StragglerThread *self, int descriptor, long bytes) {
  StragglerFile *file = live_file(descriptor);
  if (file == NULL) return;
  __atomic_store_n(&file->last_writer, self->number, __ATOMIC_RELAXED);
  if (bytes > 0) __atomic_fetch_add(&file->unsynced, (uint64_t)bytes, __ATOMIC_RELAXED);
}

void straggler_file_synced(int descriptor) {
  StragglerFile *file = live_file(descriptor);
  if (file != NULL) __atomic_store_n(&file->unsynced, 0, __ATOMIC_RELAXED);
}
