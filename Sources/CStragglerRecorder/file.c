// Open descriptors: who opened each, where, and who wrote last. One entry a descriptor, found by its number.
#include <emmintrin.h>
#include <fcntl.h>

#include "fileentry.h"
#include "filestatus.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The stack bytes kept at an opening: what an open and a close together can afford (docs/architecture.md).
enum { OPENING_STACK = 2048 };

int straggler_stream_descriptor(const void *stream) {
  return *(const int *)((const char *)stream + 112);  // struct _IO_FILE's _fileno, glibc bits/types/struct_FILE.h
}

/// The entry of a descriptor that comes to be; counts it as lost where there is no room.
static StragglerFile *file_for(int descriptor) {
  StragglerFile *file = straggler_file_entry((uint32_t)descriptor);
  if (file != NULL) return file;
  file = straggler_entry(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  if (file == NULL) {
    straggler_note_lost(STRAGGLER_REGION_FILES);
    return NULL;
  }
  straggler_note_used(STRAGGLER_REGION_FILES, (uint32_t)descriptor);
  if (descriptor < 64) __atomic_fetch_or(&straggler_guard.files.taken, UINT64_C(1) << descriptor, __ATOMIC_RELEASE);
  return file;
}

static uint32_t access_flags(int open_flags) {
  switch (open_flags & O_ACCMODE) {
    case O_RDONLY: return STRAGGLER_FILE_READ;
    case O_WRONLY: return STRAGGLER_FILE_WRITE;
    default: return STRAGGLER_FILE_READ | STRAGGLER_FILE_WRITE;
  }
}

/// Copies the path, sixteen bytes at a time, and finds its end on the way. An aligned load reads nothing of a page that the
/// path does not reach; stored whole, the first one writes up to 15 bytes of `before_path`, and the last one up to 15 behind
/// the NUL. False where the path had to be cut.
__attribute__((no_sanitize("address"))) static bool copy_path(StragglerFile *file, const char *path) {
  const __m128i zero = _mm_setzero_si128();
  const char *const room_end = file->path + sizeof file->path;
  uint32_t offset = (uintptr_t)path & 15;
  const __m128i *piece = (const __m128i *)((uintptr_t)path - offset);
  uint32_t relevant = UINT32_MAX << offset;
  char *at = file->path - offset;
  for (; at <= room_end - 16; at += 16, piece += 1) {
    __m128i bytes = _mm_load_si128(piece);
    _mm_storeu_si128((__m128i *)at, bytes);
    if ((uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, zero)) & relevant) return true;
    relevant = UINT32_MAX;
  }
  for (const char *rest = (const char *)piece; at < room_end; at++, rest++) {
    *at = *rest;
    if (*rest == 0) return true;
  }
  file->path[sizeof file->path - 1] = 0;
  return false;
}

/// - Returns: the flags that say how the path is kept.
static uint32_t set_path(StragglerFile *file, const char *path) {
  if (path == NULL) {
    file->path[0] = 0;
    return 0;
  }
  uint32_t cut = copy_path(file, path) ? 0 : STRAGGLER_FILE_PATH_CUT;
  return cut | (path[0] != '/' ? STRAGGLER_FILE_PATH_RELATIVE : 0);
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

/// A number that no other open file has: an entry's sequence number tells its openings apart.
static uint64_t new_description(const StragglerFile *file, int descriptor) {
  return (uint64_t)(descriptor + 1) << 32 | file->sequence;
}

void straggler_file_opened(StragglerThread *self, int descriptor, StragglerOpening how, StragglerCaller caller) {
  if (descriptor < 0) return;
  StragglerFile *file = file_for(descriptor);
  if (file == NULL) return;
  straggler_modules_refresh_for(straggler_caller_pc(caller));
  straggler_locks_pass_on(file, (uint32_t)descriptor);  // of an earlier file, closed by a way that is not watched
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
  file->inode = 0;
  file->description = how.description != 0 ? how.description : new_description(file, descriptor);
  file->flags |= set_path(file, how.path);
  straggler_capture(self, caller, &file->capture, file->stack, opening_stack(caller));
  straggler_end_write(&file->sequence);
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_LIVE, __ATOMIC_RELEASE);
}

void straggler_file_duplicated(StragglerThread *self, int from, int descriptor, int flags, StragglerCaller caller) {
  StragglerFile *source = straggler_live_file(from);
  // Without an entry nothing is known of it: the freeze asks the kernel.
  StragglerOpening how = {.origin = STRAGGLER_ORIGIN_DUPLICATE, .flags = O_RDWR | flags};
  // A stream stays with its descriptor when another file comes under it; whether it does, the freeze asks the stream.
  const StragglerFile *replaced = straggler_live_file(descriptor);
  if (replaced != NULL) how.stream = (const void *)replaced->stream;
  if (source != NULL) {
    how.origin = source->origin;
    how.flags = (int)(source->open_flags & ~(uint32_t)O_CLOEXEC) | flags;
    if (source->path[0] != 0) how.path = source->path;
    how.description = source->description;
  }
  straggler_file_opened(self, descriptor, how, caller);
  StragglerFile *duplicate = source != NULL ? straggler_live_file(descriptor) : NULL;
  if (duplicate == NULL) return;
  straggler_file_change(source, 0, STRAGGLER_FILE_DUPLICATED);
  straggler_file_change(duplicate, 0, STRAGGLER_FILE_DUPLICATED);
}

void straggler_files_renamed(const char *from, const char *to) {
  if (straggler_arena == NULL || !straggler_guard.recording) return;
  uint32_t used = straggler_files_used();
  for (uint32_t descriptor = 0; descriptor < used; descriptor++) {
    StragglerFile *file = straggler_live_file((int)descriptor);
    if (file == NULL || file->origin != STRAGGLER_ORIGIN_PATH || strcmp(file->path, from) != 0) continue;
    begin_entry(file);
    straggler_file_change(file, STRAGGLER_FILE_PATH_RELATIVE | STRAGGLER_FILE_PATH_CUT, set_path(file, to));
    straggler_end_write(&file->sequence);
  }
}

void straggler_files_closed(uint32_t first, uint32_t last) {
  if (straggler_arena == NULL || !straggler_guard.recording) return;
  uint32_t used = straggler_files_used();
  for (uint32_t descriptor = first; descriptor < used && descriptor <= last; descriptor++) {
    straggler_file_closed((int)descriptor);
  }
}

static void file_is_gone(StragglerFile *file, int descriptor) {
  straggler_locks_pass_on(file, (uint32_t)descriptor);
  __atomic_store_n(&file->state, STRAGGLER_ENTRY_FREE, __ATOMIC_RELEASE);
}

void straggler_file_closed(int descriptor) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file == NULL) return;
  straggler_process_locks_end(file, (uint32_t)descriptor);
  file_is_gone(file, descriptor);
}

bool straggler_file_wrapped(int descriptor, const void *stream) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file != NULL) __atomic_store_n(&file->stream, (uint64_t)stream, __ATOMIC_RELEASE);
  return file != NULL;
}

uint32_t straggler_file_closing(int descriptor) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file == NULL) return 0;
  straggler_process_locks_end(file, (uint32_t)descriptor);
  return file->sequence;
}

void straggler_file_closed_since(int descriptor, uint32_t opening) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file != NULL && opening != 0 && file->sequence == opening) file_is_gone(file, descriptor);
}

void straggler_file_written(StragglerThread *self, int descriptor, long bytes) {
  StragglerFile *file = straggler_live_file(descriptor);
  if (file == NULL) return;
  __atomic_store_n(&file->last_writer, self->number, __ATOMIC_RELAXED);
  bool stays = (file->open_flags & O_DSYNC) == 0;  // else the write itself was a sync (open(2); O_SYNC has the bit)
  if (bytes > 0 && stays) __atomic_fetch_add(&file->unsynced, (uint64_t)bytes, __ATOMIC_RELAXED);
}

/// A sync is the file's, whichever of its descriptors it came through: those that were opened under the same name, or copied.
static bool is_same_file(const StragglerFile *file, const StragglerFile *synced) {
  return file == synced || (file->path[0] != 0 && strcmp(file->path, synced->path) == 0);
}

void straggler_file_synced(int descriptor) {
  const StragglerFile *synced = straggler_live_file(descriptor);
  if (synced == NULL) return;
  uint32_t used = straggler_files_used();
  for (uint32_t index = 0; index < used; index++) {
    StragglerFile *file = straggler_live_file((int)index);
    if (file != NULL && file->unsynced != 0 && is_same_file(file, synced)) {
      __atomic_store_n(&file->unsynced, 0, __ATOMIC_RELAXED);
    }
  }
}

static bool read_device(uint32_t descriptor, dev_t *device) {
  struct stat status;
  if (!straggler_file_status((int)descriptor, &status)) return false;
  *device = status.st_dev;
  return true;
}

void straggler_file_system_synced(int descriptor) {
  straggler_file_synced(descriptor);
  // It may be one that no opening was seen of. Who may not ask the kernel knows of no other file.
  if (straggler_arena == NULL || !straggler_guard.recording || !straggler_begin_calls()) return;
  dev_t synced, device;
  uint32_t used = read_device((uint32_t)descriptor, &synced) ? straggler_files_used() : 0;
  for (uint32_t index = 0; index < used; index++) {
    StragglerFile *file = straggler_live_file((int)index);
    if (file == NULL || file->unsynced == 0 || !read_device(index, &device) || device != synced) continue;
    __atomic_store_n(&file->unsynced, 0, __ATOMIC_RELAXED);
  }
  straggler_end_calls();
}

void straggler_files_synced(void) {
  if (straggler_arena == NULL || !straggler_guard.recording) return;
  uint32_t used = straggler_files_used();
  for (uint32_t index = 0; index < used; index++) {
    StragglerFile *file = straggler_live_file((int)index);
    if (file != NULL) __atomic_store_n(&file->unsynced, 0, __ATOMIC_RELAXED);
  }
}

STRAGGLER_UNINSTRUMENTED_END
