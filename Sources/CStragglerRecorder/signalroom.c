// Whether a thread has room for a signal's frame, and on which stack: where there is none the kernel ends the process.
#include <sys/auxv.h>

#include "signalroom.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// What a signal's frame and our handler take, in bytes. The frame's size depends on the processor's registers.
static uint64_t signal_need(void) {
  const uint64_t red_zone = 128, handler = 512;
  return getauxval(AT_MINSIGSTKSZ) + red_zone + handler;
}

/// Whether the pages of these bytes are there.
static bool is_mapped(uint64_t low, uint64_t length) {
  char byte;
  for (uint64_t at = low; at < low + length; at += STRAGGLER_PAGE) {
    if (straggler_read_memory(at, &byte, 1) == 0) return false;
  }
  return straggler_read_memory(low + length - 1, &byte, 1) == 1;
}

/// Whether the thread has another stack for signals, is not on it, and finds room there (sigaltstack(2)).
static bool has_alternate_stack(const StragglerThread *slot) {
  uint64_t size = __atomic_load_n(&slot->alternate_stack_size, __ATOMIC_ACQUIRE);
  uint64_t low = slot->alternate_stack, sp = slot->frozen.system_call_sp;
  return size >= signal_need() && sp - low >= size && is_mapped(low, size);
}

/// Whether an address is on the thread's other stack for signals, as the kernel asks it (include/linux/sched/signal.h, on_sig_stack).
static bool is_on_alternate_stack(const StragglerThread *slot, uint64_t sp) {
  uint64_t size = __atomic_load_n(&slot->alternate_stack_size, __ATOMIC_ACQUIRE);
  return size != 0 && sp - slot->alternate_stack <= size;
}

/// Whether the kernel can put a signal's frame where a thread in a system call stands; one that finds no room for it ends the
/// process. The pages under its stack pointer are looked for, since the end of a stack is not known exactly.
static bool has_room_for_signal(const StragglerThread *slot) {
  uint64_t sp = slot->frozen.system_call_sp;
  uint64_t need = signal_need();
  char byte;
  // There it must stay, whatever is mapped below: the kernel ends who would leave it for want of room (get_sigframe).
  if (is_on_alternate_stack(slot, sp)) return sp - slot->alternate_stack > need;
  if (straggler_read_memory(sp, &byte, 1) == 0) return true;
  // The kernel lets the first stack grow.
  if ((slot->flags & STRAGGLER_THREAD_MAIN) && sp - slot->stack_low > need && sp < slot->stack_high) return true;
  return is_mapped(sp - need, need);
}

/// Whether a thread that runs, whose stack pointer nobody knows, may be so deep in the stack that begins there that a signal's
/// frame finds no room. Then something was written near the stack's end: return addresses at least. It is all zero where no
/// thread ever was.
static bool may_be_deep(uint64_t low, uint64_t size) {
  uint64_t need = signal_need(), end = low + (size < need ? size : need);
  uint64_t words[64];
  for (uint64_t at = low; at < end; at += sizeof words) {
    // Of the first stack this memory is mostly not there at all yet.
    size_t length = end - at < sizeof words ? end - at : sizeof words;
    size_t count = straggler_read_memory(at, words, length) / sizeof *words;
    for (size_t index = 0; index < count; index++) {
      if (words[index] != 0) return true;
    }
  }
  return false;
}

void straggler_alternate_stack_set(StragglerThread *self, uint64_t address, uint64_t size) {
  // A freeze that comes in between finds no size, and so none that would do.
  __atomic_store_n(&self->alternate_stack_size, 0, __ATOMIC_RELEASE);
  // What was in use before says nothing by what is written there. A confined process may ask nothing.
  bool may_ask = size != 0 && straggler_begin_calls();
  bool is_unused = may_ask && !may_be_deep(address, size);
  if (may_ask) straggler_end_calls();
  if (is_unused) __atomic_fetch_or(&self->flags, STRAGGLER_THREAD_ALTERNATE_UNUSED, __ATOMIC_RELAXED);
  else __atomic_fetch_and(&self->flags, ~(uint32_t)STRAGGLER_THREAD_ALTERNATE_UNUSED, __ATOMIC_RELAXED);
  __atomic_store_n(&self->alternate_stack, address, __ATOMIC_RELEASE);
  __atomic_store_n(&self->alternate_stack_size, size, __ATOMIC_RELEASE);
}

/// Whether a thread that runs may have used its alternate stack up, where it then is: there is no room on either of them.
static bool may_have_used_alternate_stack(const StragglerThread *slot) {
  bool was_unused = slot->flags & STRAGGLER_THREAD_ALTERNATE_UNUSED;
  return was_unused && slot->alternate_stack_size != 0 && may_be_deep(slot->alternate_stack, slot->alternate_stack_size);
}

int straggler_freeze_signal_for(const StragglerThread *slot) {
  bool is_known = slot->frozen.has_system_call || slot->stack_low != 0;
  bool runs = !slot->frozen.has_system_call;
  if (runs && may_have_used_alternate_stack(slot)) return 0;
  uint64_t size = slot->stack_high - slot->stack_low;
  bool has_room = runs ? is_known && !may_be_deep(slot->stack_low, size) : has_room_for_signal(slot);
  if (has_room) return STRAGGLER_FREEZE_SIGNAL;
  if (has_alternate_stack(slot)) return STRAGGLER_ALTERNATE_SIGNAL;
  return is_known ? 0 : STRAGGLER_FREEZE_SIGNAL;  // hardly anybody makes a small stack by hand
}

STRAGGLER_UNINSTRUMENTED_END
