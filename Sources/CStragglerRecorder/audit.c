// What an audit reads in its own process: the arena, the locks that are said to be held, and where threads stand.
//
// Everything is copied by process_vm_readv(2): other threads go on writing, and memory may go away meanwhile.
#define _GNU_SOURCE
#include "state.h"
#include "straggler_runtime.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

uint64_t straggler_audit_size(void) { return straggler_arena != NULL ? straggler_arena->size : 0; }

/// Of one page: what was never taken reads as it would in the file, as zeros.
static bool copy_page(uint64_t offset, char *buffer, size_t length) {
  const char *from = (const char *)straggler_arena + offset;
  if (straggler_is_committed(from, length)) return straggler_read_memory((uint64_t)from, buffer, length) == length;
  memset(buffer, 0, length);
  return true;
}

bool straggler_audit_arena(uint64_t offset, void *buffer, uint64_t length) {
  uint64_t size = straggler_audit_size();
  if (offset > size || length > size - offset) return false;
  for (uint64_t done = 0; done < length;) {
    uint64_t at = offset + done;
    uint64_t piece = STRAGGLER_PAGE - at % STRAGGLER_PAGE;
    if (piece > length - done) piece = length - done;
    if (!copy_page(at, (char *)buffer + done, piece)) return false;
    done += piece;
  }
  return true;
}

int straggler_audit_lock(uint8_t kind, uint64_t address, uint8_t bytes[64]) {
  uint32_t size = straggler_object_size(kind);
  if (size == 0) return 0;
  return straggler_read_memory(address, bytes, size) == size ? (int)size : -1;
}

bool straggler_audit_system_call(int tid, StragglerAuditCall *call) {
  StragglerThread slot;
  slot.call_flags = 0;
  slot.frozen.has_system_call = 0;
  straggler_read_system_call(&slot, tid);
  if (!slot.frozen.has_system_call) return false;
  straggler_read_call_objects(&slot);
  call->number = slot.frozen.system_call;
  memcpy(call->arguments, slot.frozen.system_call_arguments, sizeof call->arguments);
  call->sp = slot.frozen.system_call_sp;
  call->pc = slot.frozen.system_call_pc;
  call->has_futex_value = (slot.call_flags & STRAGGLER_CALL_FUTEX_READ) != 0;
  call->futex_value = slot.call_futex_value;
  call->has_file_mode = (slot.call_flags & STRAGGLER_CALL_FILE_READ) != 0;
  call->file_mode = slot.call_file_mode;
  return true;
}

STRAGGLER_UNINSTRUMENTED_END
