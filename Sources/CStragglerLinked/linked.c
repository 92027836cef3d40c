// The start of a recorder that is linked into an executable, and the note by which a preloaded one knows it.
#include "CStragglerLinked.h"

#include "CStragglerInterpose.h"
#include "StragglerArena.h"

static void start(int argument_count, char **arguments, char **environment) {
  straggler_interpose_start(argument_count, arguments, environment, STRAGGLER_ARENA_LINKED);
}

// Run by the dynamic loader before every library's constructor; the environment comes as an argument, getenv is empty yet.
__attribute__((section(".preinit_array"), used, retain)) static void (*const preinit)(int, char **, char **) = start;

// An ELF note, type 1, of the owner "Straggler": a preloaded recorder that finds it in the executable leaves the recording
// to this one.
__asm__(
  ".pushsection .note.straggler, \"aR\", @note\n"
  "  .balign 4\n"
  "  .long 10, 4, 1\n"
  "  .asciz \"Straggler\"\n"
  "  .balign 4\n"
  "  .long 1\n"
  ".popsection\n");
