// The preload library's start: what `straggler run` puts into a program that was never built for it.
#define _GNU_SOURCE
#include "StragglerPreload.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>

#include "CStragglerInterpose.h"
#include "StragglerArena.h"

static bool is_our_note(const char *note, size_t size) {
  const ElfW(Nhdr) *header = (const ElfW(Nhdr) *)note;
  return size >= sizeof *header + sizeof "Straggler" && header->n_namesz == sizeof "Straggler" &&
         memcmp(note + sizeof *header, "Straggler", sizeof "Straggler") == 0;
}

static bool has_our_note(const char *notes, size_t size) {
  while (size > sizeof(ElfW(Nhdr))) {
    if (is_our_note(notes, size)) return true;
    const ElfW(Nhdr) *header = (const ElfW(Nhdr) *)notes;
    size_t length = sizeof *header + ((header->n_namesz + 3u) & ~3u) + ((header->n_descsz + 3u) & ~3u);
    if (length > size) return false;
    notes += length;
    size -= length;
  }
  return false;
}

/// Whether the executable records itself. Its program headers come from the kernel (getauxval(3)).
static bool is_linked_executable(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  unsigned long count = getauxval(AT_PHNUM);
  ElfW(Addr) bias = 0;
  for (unsigned long index = 0; index < count; index++) {
    if (headers[index].p_type == PT_PHDR) bias = (ElfW(Addr))headers - headers[index].p_vaddr;
  }
  for (unsigned long index = 0; index < count; index++) {
    const ElfW(Phdr) *header = &headers[index];
    if (header->p_type == PT_NOTE && has_our_note((const char *)(bias + header->p_vaddr), header->p_memsz)) return true;
  }
  return false;
}

/// What an AddressSanitizer in a library of its own (gcc's; clang's with -shared-libasan) asks the program: here, that it
/// need not be the first library of all. It would end every process that it finds ours before it in, and to put it before
/// ours would bring it into every child process. A program that answers itself is asked instead of us.
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void) { return "verify_asan_link_order=0"; }

/// Whether a command line waits for this process's record. A program that keeps LD_PRELOAD for its child and drops the rest has
/// nobody asked for a report on that.
static bool is_awaited(char **environment) {
  for (; *environment != NULL; environment++) {
    if (strncmp(*environment, "STRAGGLER_SOCKET=", strlen("STRAGGLER_SOCKET=")) == 0) return true;
  }
  return false;
}

/// Whether this is glibc. musl's loader preloads us, too, into a program that an observed one starts: all that we do there is to call what
/// we stand in for. It would end the program if it missed a symbol here, which is why what it lacks is weak (LibraryTests). It gives
/// constructors no arguments.
extern const char *gnu_get_libc_version(void) __attribute__((weak));

__attribute__((constructor)) static void start(int argument_count, char **arguments, char **environment) {
  if (gnu_get_libc_version == NULL || is_linked_executable() || !is_awaited(environment)) return;
  straggler_interpose_start(argument_count, arguments, environment, 0);
}
