// Open descriptors: who opened each, where, and who wrote last. One entry a descriptor, found by its number.
#include <emmintrin.h>
#include <fcntl.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The stack bytes kept at an opening: what an open and a close together can afford (docs/architecture.md).
enum { OPENING_STACK = 2048 };

int straggler_stream_descriptor(const void *stream) {
  return *(const int *)((const char *)stream + 112);  // struct _IO_FILE's _fileno, glibc bits/types/struct_FILE.h
}

/// A negative descriptor is beyond every table.
static StragglerFile *live_file(int descriptor) {
  if (!straggler_guard.recording) return NULL;
  StragglerFile *file = straggler_file_entry((uint32_t)descriptor);
  return file != NULL && __atomic_load_n(&file->state, __ATOMIC_ACQUIRE) == STRAGGLER_ENTRY_LIVE ? file : NULL;
}

/// The same for a descriptor that comes to be; counts it as lost where there is no room.
static StragglerFile *file_for(int descriptor) {
  StragglerFile *file = straggler_file_entry((uint32_t)descriptor);
  if (file != NULL) return file;
  file = straggler_entry(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  if (file == NULL) {
    straggler_note_lost(STRAGGLER_REGION_FILES);
    return NULL;
  }
  straggler_note_used(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  if (descriptor < 64) __atomic_fetch_or(&straggler_file_table.taken, UINT64_C(1) << descriptor, __ATOMIC_RELEASE);
  return file;
}

/// Nobody has a lock on the open file any more.
static void unlock(StragglerFile *file, int descriptor) {
  if (__atomic_load_n(&file->lock_holder, __ATOMIC_ACQUIRE) == 0) return;
  uint32_t holder = __atomic_exchange_n(&file->lock_holder, 0, __ATOMIC_ACQ_REL);
  if (holder != 0) straggler_drop_hold(holder, STRAGGLER_FILE_LOCK(descriptor));
}

static uint32_t access_flags(int open_flags) {
  switch (open_flags & O_ACCMODE) {
    case O_RDONLY: return STRAGGLER_FILE_READ;
    case O_WRONLY: return STRAGGLER_FILE_WRITE;
    default: return STRAGGLER_FILE_READ | STRAGGLER_FILE_WRITE;
  }
}

/// Sixteen bytes at a time: an aligned load reads nothing of a page that the string does not reach.
__attribute__((no_sanitize("address"))) static size_t path_length(const char *path) {
  const __m128i *piece = (const __m128i *)((uintptr_t)path & ~UINT64_C(15));
  const __m128i zero = _mm_setzero_si128();
  uint32_t offset = (uintptr_t)path & 15;
  uint32_t ends = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_load_si128(piece), zero)) >> offset;
  if (ends != 0) return (size_t)__builtin_ctz(ends);
  do {
    piece += 1;
    ends = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_load_si128(piece), zero));
  } while (ends == 0);
  return (size_t)((const char *)piece - path) + (size_t)__builtin_ctz(ends);
}

static void set_path(StragglerFile *file, const char *path) {
  file->path[0] = 0;
  if (path == NULL) return;
  size_t length = path_length(path);
  if (path[0] != '/') file->flags |= STRAGGLER_FILE_PATH_RELATIVE;
  if (length >= sizeof file->path) {
    length = sizeof file->path - 1;
    file->flags |= STRAGGLER_FILE_PATH_CUT;
  }
  straggler_copy_bytes(file->path, path, length);
  file->path[length] = 0;
}

/// A rename may be writing the entry of a descriptor that its program closes and opens meanwhile: what the two then
/// make of the sequence number, the next opening puts right.
static void begin_entry(StragglerFile *file) {
  if (file->sequence & 1) straggler_end_write(&file->sequence);
  straggler_begin_write(&file->sequence);
}

/// How many bytes of stack are kept at an opening. A caller with a frame pointer whose frame alone is about that large (it has a
/// buffer there, as AddressSanitizer's functions have) would hide who called it: then all that there is room for.
static size_t opening_stack(StragglerCaller caller) {
  enum { CALLERS = 512 };
  uint64_t frame = straggler_caller_fp(caller) - straggler_caller_sp(caller);
  return frame > OPENING_STACK - CALLERS && frame < STRAGGLER_ENTRY_STACK ? STRAGGLER_ENTRY_STACK : OPENING_STACK;
}

void straggler_file_opened(StragglerThread *self, int descriptor, StragglerOpening how, StragglerCaller caller) {
  if (descriptor < 0) return;
  StragglerFile *file = file_for(descriptor);
  if (file == NULL) return;
  straggler_modules_refresh_for(straggler_caller_pc(caller));
  unlock(file, descriptor);  // of an earlier file, closed by a way that is not watched
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_CLAIMED, __ATOMIC_RELEASE);
  begin_entry(file);
  file->flags = access_flags(how.flags);
  file->opener = self->number;
  file->last_writer = 0;
  file->open_flags = (uint32_t)how.flags;
  file->origin = how.origin;
  file->stream = (uint64_t)how.stream;
  file->unflushed = 0;
  file->unsynced = 0;
  set_path(file, how.path);
  straggler_capture(self, caller, &file->capture, file->stack, opening_stack(caller));
  straggler_end_write(&file->sequence);
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_LIVE, __ATOMIC_RELEASE);
}

void straggler_file_duplicated(StragglerThread *self, int from, int descriptor, int flags, StragglerCaller caller) {
  const StragglerFile *source = live_file(from);
  // Without an entry nothing is known of it: the freeze asks the kernel.
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_DUPLICATE, .flags = O_RDWR | flags};
  if (source != NULL) {
    how.origin = source->origin;
    how.flags = (int)(source->open_flags & ~(uint32_t)O_CLOEXEC) | flags;
    if (source->path[0] != 0) how.path = source->path;
  }
  straggler_file_opened(self, descriptor, how, caller);
}

void straggler_files_renamed(const char *from, const char *to) {
  if (straggler_arena == NULL || !straggler_guard.recording) return;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_FILES)->used, __ATOMIC_ACQUIRE);
  for (uint32_t descriptor = 0; descriptor < used; descriptor++) {
    StragglerFile *file = live_file((int)descriptor);
    if (file == NULL || file->origin != STRAGGLER_ORIGIN_PATH || strcmp(file->path, from) != 0) continue;
    begin_entry(file);
    file->flags &= ~(uint32_t)(STRAGGLER_FILE_PATH_RELATIVE | STRAGGLER_FILE_PATH_CUT);
    set_path(file, to);
    straggler_end_write(&file->sequence);
  }
}

void straggler_files_closed(uint32_t first, uint32_t last) {
  if (straggler_arena == NULL || !straggler_guard.recording) return;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_FILES)->used, __ATOMIC_ACQUIRE);
  for (uint32_t descriptor = first; descriptor < used && descriptor <= last; descriptor++) {
    straggler_file_closed((int)descriptor);
  }
}

void straggler_file_closed(int descriptor) {
  StragglerFile *file = live_file(descriptor);
  if (file == NULL) return;
  unlock(file, descriptor);
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
  if (file != NULL) unlock(file, descriptor);
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

STRAGGLER_UNINSTRUMENTED_END
