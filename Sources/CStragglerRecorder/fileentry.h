// Entries of the table of open descriptors, for the recorder's files that keep them.
#ifndef STRAGGLER_FILE_ENTRY_H
#define STRAGGLER_FILE_ENTRY_H

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The entry of an open descriptor; NULL where none is known. A negative descriptor is beyond every table.
static inline StragglerFile *straggler_live_entry(uint32_t descriptor) {
  StragglerFile *file = straggler_file_entry(descriptor);
  return file != NULL && __atomic_load_n(&file->state, __ATOMIC_ACQUIRE) == STRAGGLER_ENTRY_LIVE ? file : NULL;
}

/// The same while the recorder records.
static inline StragglerFile *straggler_live_file(int descriptor) {
  return straggler_guard.recording ? straggler_live_entry((uint32_t)descriptor) : NULL;
}

/// One more than the highest descriptor that ever had an entry.
static inline uint32_t straggler_files_used(void) {
  return __atomic_load_n(&straggler_region(STRAGGLER_REGION_FILES)->used, __ATOMIC_ACQUIRE);
}

static inline bool straggler_file_has(const StragglerFile *file, uint32_t flag) {
  return __atomic_load_n(&file->flags, __ATOMIC_RELAXED) & flag;
}

/// Other threads may be setting other ones.
static inline void straggler_file_change(StragglerFile *file, uint32_t cleared, uint32_t set) {
  uint32_t flags = __atomic_load_n(&file->flags, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(
    &file->flags, &flags, (flags & ~cleared) | set, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

#pragma GCC visibility push(hidden)

/// The descriptor is about to be closed, or another file came under its number: what becomes of the locks.
void straggler_locks_pass_on(StragglerFile *file, uint32_t descriptor);
/// The descriptor is about to be closed: what becomes of the process's locks that were taken by others of its file.
void straggler_process_locks_end(StragglerFile *file, uint32_t descriptor);

#pragma GCC visibility pop

STRAGGLER_UNINSTRUMENTED_END

#endif
