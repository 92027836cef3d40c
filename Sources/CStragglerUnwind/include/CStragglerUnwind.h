// One step of a remote unwind: from a frame's registers to its caller's, through libunwind.
//
// This is what Swift can't say for itself: libunwind's table of accessors, its opaque cursor and its macros. Which
// unwind table entry covers an address, and what memory may be read, the caller decides through two functions of its
// own.
//
// Each step begins with a fresh cursor. A cursor that walks on by itself looks addresses up one byte early after a
// call, but files what it learnt under the address itself, so that a return address and an interrupted instruction of
// the same value would share one answer; and where it finds no table entry it guesses by rbp. Neither can happen in one
// step.
#ifndef CSTRAGGLER_UNWIND_H
#define CSTRAGGLER_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

/// Registers that a frame's unwind information can speak of: DWARF's numbers 0 (rax) to 16 (rip).
enum { STRAGGLER_UNWIND_REGISTERS = 17 };

/// Register values. Bit n of `known` says whether `values[n]` means anything.
typedef struct StragglerUnwindRegisters {
  uint64_t values[STRAGGLER_UNWIND_REGISTERS];
  uint32_t known;
} StragglerUnwindRegisters;

/// Where the unwind table entry (FDE) of a procedure is, in the observed process's addresses.
typedef struct StragglerUnwindEntry {
  uint64_t start;  // the first address it covers
  uint64_t end;    // the first address behind it
  uint64_t entry;  // the entry itself, within 2 GiB of `start`
} StragglerUnwindEntry;

/// Says which entry covers `address`. False: none, and the walk ends.
typedef bool (*straggler_unwind_find_entry)(void *context, uint64_t address, StragglerUnwindEntry *entry);

/// Reads the 8 bytes at `address`. `of_table` says that an unwind table is being decoded, not a frame's memory read.
/// False: they are not known, and the walk ends.
typedef bool (*straggler_unwind_read_word)(void *context, uint64_t address, bool of_table, uint64_t *word);

typedef enum StragglerUnwindResult {
  STRAGGLER_UNWIND_STEPPED = 0,    // the caller's registers are there
  STRAGGLER_UNWIND_OUTERMOST = 1,  // the unwind information says: nobody called this frame
  STRAGGLER_UNWIND_UNKNOWN = 2,    // no unwind information, or a value that was not recorded
} StragglerUnwindResult;

/// An address space of libunwind's with its cache of decoded rules. Used by one thread at a time.
typedef struct StragglerUnwindSpace StragglerUnwindSpace;

/// Makes an address space; NULL if there is no memory for it. `context` is handed to both functions.
StragglerUnwindSpace *straggler_unwind_create(
    straggler_unwind_find_entry find, straggler_unwind_read_word read, void *context);

void straggler_unwind_destroy(StragglerUnwindSpace *space);

/// Steps from `frame` to its caller. The frame's rip is the address whose rule applies: one less than a return address.
/// `cfa` gets the frame's canonical frame address unless the result is STRAGGLER_UNWIND_UNKNOWN; `caller` is filled
/// only if it is STRAGGLER_UNWIND_STEPPED. Its rip is then the return address, or the interrupted instruction behind a
/// signal frame.
StragglerUnwindResult straggler_unwind_step(
    StragglerUnwindSpace *space, const StragglerUnwindRegisters *frame, StragglerUnwindRegisters *caller,
    uint64_t *cfa);

/// The ELF header of this process's vDSO, vdso(7); NULL where the kernel gave it none. Here because getauxval(3) is in
/// no header that Swift imports.
const void *straggler_unwind_vdso(void);

#endif
