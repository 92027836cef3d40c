// The report of last resort: no renderer was found. Which thread held what, by address, on standard error.
#include "directory.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

typedef struct Line {
  char text[512];
} Line;

static void add(Line *line, const char *text) {
  size_t length = strlen(line->text);
  straggler_copy_string(line->text + length, text, sizeof line->text - length);
}

/// Text that the program chose: only what can't be a command to a terminal.
static void add_foreign(Line *line, const char *text) {
  char clean[128];
  size_t length = 0;
  for (; text[length] != 0 && length + 1 < sizeof clean; length++) {
    unsigned char character = (unsigned char)text[length];
    clean[length] = character < 0x20 || character > 0x7e ? '?' : text[length];
  }
  clean[length] = 0;
  add(line, clean);
}

static void add_hexadecimal(Line *line, uint64_t value) {
  char digits[19] = "0x";
  int shift = 60;
  while (shift > 0 && (value >> shift) == 0) shift -= 4;
  size_t length = 2;
  for (; shift >= 0; shift -= 4) digits[length++] = "0123456789abcdef"[(value >> shift) & 15];
  digits[length] = 0;
  add(line, digits);
}

/// An address as addr2line(1) takes it: file and offset.
static void add_place(Line *line, uint64_t address) {
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_MODULES);
  for (uint32_t index = 0; index < region->used; index++) {
    const StragglerModule *module = straggler_entry(STRAGGLER_REGION_MODULES, index);
    if (module == NULL || address < module->start || address >= module->end) continue;
    add_foreign(line, module->path);
    add(line, "+");
    add_hexadecimal(line, address - module->bias);
    return;
  }
  add_hexadecimal(line, address);
}

static void print(Line *line) {
  add(line, "\n");
  straggler_syscall3(SYS_write, 2, (long)line->text, (long)strlen(line->text));
}

static void print_hold(const StragglerThread *slot, const StragglerHold *hold) {
  Line line = {"straggler: thread "};
  char number[24] = "";
  straggler_append_number(number, slot->number);
  add(&line, number);
  if (slot->name[0] != 0) {
    add(&line, " \"");
    add_foreign(&line, slot->name);
    add(&line, "\"");
  }
  add(&line, " was abandoned holding a lock at ");
  add_hexadecimal(&line, hold->resource);
  add(&line, ", taken at ");
  add_place(&line, hold->capture.pc - 1);
  print(&line);
}

void straggler_print_plain_report(void) {
  bool any = false;
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot->state != STRAGGLER_SLOT_ALIVE || slot->frozen.outcome == STRAGGLER_FREEZE_SELF) continue;
    for (uint32_t entry = 0; entry < slot->hold_top; entry++) {
      const StragglerHold *hold = straggler_hold_at(slot, entry);
      if (!straggler_is_held(hold) || (hold->flags & STRAGGLER_HOLD_WAITING)) continue;
      print_hold(slot, hold);
      any = true;
    }
  }
  if (!any) return;
  Line line = {"straggler: for the whole report set STRAGGLER_RENDERER to the straggler executable, or run the program "
               "under `straggler run`"};
  print(&line);
}

STRAGGLER_UNINSTRUMENTED_END
