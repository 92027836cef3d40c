// One step of a remote unwind: libunwind's accessors and cursor behind the functions of CStragglerUnwind.h.
#include "CStragglerUnwind.h"

#include <libunwind.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/// Exported by libunwind-x86_64 for exactly this use (perf's too), but in none of its installed headers.
extern int _Ux86_64_dwarf_search_unwind_table(
    unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di, unw_proc_info_t *pi, int need_unwind_info, void *arg);

enum {
  /// Words that one step may read. A decent step reads some hundred; a garbled table's DWARF expression could loop for
  /// ever.
  READS_PER_STEP = 1 << 16,
  /// Decoded rules that libunwind keeps, as a power of two.
  CACHE_SIZE = 1 << 12,
};

/// Where the one row of search table that `find_proc_info` hands to libunwind seems to lie. Not an address that x86-64
/// can have, so that nothing in the observed process is hidden by it.
static const unw_word_t ROW_ADDRESS = UINT64_C(0x5354000000000000);

struct StragglerUnwindSpace {
  unw_addr_space_t libunwind;
  straggler_unwind_find_entry find;
  straggler_unwind_read_word read;
  void *context;
  // Of the step under way:
  const StragglerUnwindRegisters *frame;
  uint64_t row;
  uint32_t reads_left;
  bool decoding;
  bool read_rip;
};

/// libunwind asks which unwind information covers `ip`. It gets a search table of one row and decodes the entry itself.
/// Where there is none the answer is not -UNW_ENOINFO: that would make libunwind guess by rbp.
static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *info, int need_unwind_info, void *arg) {
  StragglerUnwindSpace *space = arg;
  StragglerUnwindEntry found;
  if (!space->find(space->context, ip, &found)) return -UNW_EBADFRAME;

  // A row is two 32-bit distances from the table's base: of the procedure's start, and of its entry. The base is the
  // entry.
  space->row = (uint32_t)(found.start - found.entry);
  unw_dyn_info_t table = {
    .start_ip = found.start,
    .end_ip = found.end,
    .format = UNW_INFO_FORMAT_REMOTE_TABLE,
    .u.rti = {.segbase = found.entry, .table_len = 1, .table_data = ROW_ADDRESS},
  };
  space->decoding = true;
  int result = _Ux86_64_dwarf_search_unwind_table(as, ip, &table, info, need_unwind_info, arg);
  space->decoding = false;
  return result < 0 ? -UNW_EBADFRAME : result;
}

/// libunwind frees what it decoded itself; nothing of ours is attached to it.
static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *info, void *arg) {
  (void)as, (void)info, (void)arg;
}

static int get_dyn_info_list_addr(unw_addr_space_t as, unw_word_t *address, void *arg) {
  (void)as, (void)address, (void)arg;
  return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t as, unw_word_t address, unw_word_t *word, int write, void *arg) {
  (void)as;
  StragglerUnwindSpace *space = arg;
  if (write) return -UNW_EINVAL;
  if (space->reads_left == 0) return -UNW_ESTOPUNWIND;
  space->reads_left--;
  if (address == ROW_ADDRESS && space->decoding) {
    *word = space->row;
    return 0;
  }
  return space->read(space->context, address, space->decoding, word) ? 0 : -UNW_EINVAL;
}

static int access_reg(unw_addr_space_t as, unw_regnum_t number, unw_word_t *value, int write, void *arg) {
  (void)as;
  StragglerUnwindSpace *space = arg;
  if (write) return -UNW_EREADONLYREG;
  if (number < 0 || number >= STRAGGLER_UNWIND_REGISTERS || !(space->frame->known >> number & 1)) return -UNW_EBADREG;
  if (number == UNW_X86_64_RIP) space->read_rip = true;
  *value = space->frame->values[number];
  return 0;
}

static int access_fpreg(unw_addr_space_t as, unw_regnum_t number, unw_fpreg_t *value, int write, void *arg) {
  (void)as, (void)number, (void)value, (void)write, (void)arg;
  return -UNW_EBADREG;
}

static int resume(unw_addr_space_t as, unw_cursor_t *cursor, void *arg) {
  (void)as, (void)cursor, (void)arg;
  return -UNW_EINVAL;
}

static int get_proc_name(
    unw_addr_space_t as, unw_word_t address, char *name, size_t size, unw_word_t *offset, void *arg) {
  (void)as, (void)address, (void)name, (void)size, (void)offset, (void)arg;
  return -UNW_ENOINFO;
}

StragglerUnwindSpace *straggler_unwind_create(
    straggler_unwind_find_entry find, straggler_unwind_read_word read, void *context) {
  static unw_accessors_t accessors = {
    .find_proc_info = find_proc_info,
    .put_unwind_info = put_unwind_info,
    .get_dyn_info_list_addr = get_dyn_info_list_addr,
    .access_mem = access_mem,
    .access_reg = access_reg,
    .access_fpreg = access_fpreg,
    .resume = resume,
    .get_proc_name = get_proc_name,
  };
  StragglerUnwindSpace *space = calloc(1, sizeof *space);
  if (space == NULL) return NULL;
  space->libunwind = unw_create_addr_space(&accessors, 0);
  if (space->libunwind == NULL) {
    free(space);
    return NULL;
  }
  space->find = find;
  space->read = read;
  space->context = context;
  // Only speed depends on the cache: where it can't be had, every step decodes its entry again.
  (void)unw_set_caching_policy(space->libunwind, UNW_CACHE_GLOBAL);
  (void)unw_set_cache_size(space->libunwind, CACHE_SIZE, 0);
  return space;
}

void straggler_unwind_destroy(StragglerUnwindSpace *space) {
  unw_destroy_addr_space(space->libunwind);
  free(space);
}

/// Reads the caller's registers from a cursor that has stepped. What the frame's rules call undefined, or what was
/// saved where nothing is known, stays unknown.
static void read_caller(unw_cursor_t *cursor, StragglerUnwindRegisters *caller) {
  for (int number = 0; number < UNW_X86_64_RIP; number++) {
    if (unw_get_reg(cursor, number, &caller->values[number]) >= 0) caller->known |= UINT32_C(1) << number;
  }
}

StragglerUnwindResult straggler_unwind_step(
    StragglerUnwindSpace *space, const StragglerUnwindRegisters *frame, StragglerUnwindRegisters *caller,
    uint64_t *cfa) {
  memset(caller, 0, sizeof *caller);
  space->frame = frame;
  space->reads_left = READS_PER_STEP;
  space->decoding = false;
  unw_cursor_t cursor;
  if (unw_init_remote(&cursor, space->libunwind, space) < 0) return STRAGGLER_UNWIND_UNKNOWN;
  int stepped = unw_step(&cursor);
  if (stepped < 0 || unw_get_reg(&cursor, UNW_X86_64_CFA, cfa) < 0) return STRAGGLER_UNWIND_UNKNOWN;

  // 0 says that rip or rbp is undefined for the caller, or that rip is 0. Only what speaks of rip is an end.
  space->reads_left = READS_PER_STEP;
  space->read_rip = false;
  uint64_t *rip = &caller->values[UNW_X86_64_RIP];
  if (unw_get_reg(&cursor, UNW_X86_64_RIP, rip) < 0) {
    return stepped == 0 ? STRAGGLER_UNWIND_OUTERMOST : STRAGGLER_UNWIND_UNKNOWN;
  }
  // A rule that leaves rip as it was gives no return address.
  if (space->read_rip) return STRAGGLER_UNWIND_UNKNOWN;
  if (*rip == 0) return STRAGGLER_UNWIND_OUTERMOST;
  caller->known = UINT32_C(1) << UNW_X86_64_RIP;
  read_caller(&cursor, caller);
  return STRAGGLER_UNWIND_STEPPED;
}

const void *straggler_unwind_vdso(void) {
  return (const void *)getauxval(AT_SYSINFO_EHDR);
}
