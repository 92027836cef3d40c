// A file written by every call that writes, each by a thread that did not open it; and files synced by every call that syncs.
#include "scenario.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <wchar.h>

// What a fortified program calls (bits/stdio2.h, bits/wchar2.h), and what the compiler makes of putc_unlocked (bits/stdio.h).
extern int __dprintf_chk(int descriptor, int level, const char *format, ...);
extern int __vdprintf_chk(int descriptor, int level, const char *format, va_list list);
extern int __fprintf_chk(FILE *stream, int level, const char *format, ...);
extern int __vfprintf_chk(FILE *stream, int level, const char *format, va_list list);
extern int __printf_chk(int level, const char *format, ...);
extern int __vprintf_chk(int level, const char *format, va_list list);
extern int __fwprintf_chk(FILE *stream, int level, const wchar_t *format, ...);
extern int __vfwprintf_chk(FILE *stream, int level, const wchar_t *format, va_list list);
extern int __wprintf_chk(int level, const wchar_t *format, ...);
extern int __vwprintf_chk(int level, const wchar_t *format, va_list list);
extern int __overflow(FILE *stream, int character);

static void enter_fresh_folder(void) {
  static char folder[] = "writers-XXXXXX";
  require(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

static int fresh(const char *name) {
  int descriptor = open(name, O_RDWR | O_CREAT, 0600);
  require(descriptor >= 0);
  return descriptor;
}

// MARK: - Calls on descriptors

/// What is copied from, which nobody is to have written to; a pipe with something in it.
static int source, full_pipe;
static struct iovec piece = {"abc", 3};

static void prepare_sources(void) {
  int ends[2];
  source = fresh("source");
  require(pipe(ends) == 0);
  require(syscall(SYS_write, source, "abcdef", 6) == 6 && syscall(SYS_write, ends[1], "abcdef", 6) == 6);
  full_pipe = ends[0];
}

#define WRITES(name, expression) \
  static long by_##name(int to) { return expression; }

WRITES(write, write(to, "abc", 3))
WRITES(pwrite, pwrite(to, "abc", 3, 0))
WRITES(pwrite64, pwrite64(to, "abc", 3, 0))
WRITES(writev, writev(to, &piece, 1))
WRITES(pwritev, pwritev(to, &piece, 1, 0))
WRITES(pwritev64, pwritev64(to, &piece, 1, 0))
WRITES(pwritev2, pwritev2(to, &piece, 1, 0, 0))
WRITES(pwritev64v2, pwritev64v2(to, &piece, 1, 0, 0))
WRITES(copy_file_range, copy_file_range(source, &(off_t){0}, to, NULL, 3, 0))
WRITES(sendfile, sendfile(to, source, &(off_t){0}, 3))
WRITES(sendfile64, sendfile64(to, source, &(off64_t){0}, 3))
WRITES(splice, splice(full_pipe, NULL, to, NULL, 3, 0))
WRITES(dprintf, dprintf(to, "%s", "abc"))
WRITES(__dprintf_chk, __dprintf_chk(to, 1, "%s", "abc"))
WRITES(fallocate, fallocate(to, 0, 0, 100))
WRITES(fallocate64, fallocate64(to, 0, 0, 100))
WRITES(posix_fallocate, posix_fallocate(to, 0, 100))
WRITES(posix_fallocate64, posix_fallocate64(to, 0, 100))
WRITES(ftruncate, ftruncate(to, 100))
WRITES(ftruncate64, ftruncate64(to, 100))

/// Defines `name`, which passes its arguments on to a call that takes them as a list.
#define LISTED(type, name, first, call)            \
  static long name(first, const type *format, ...) { \
    va_list list;                                  \
    va_start(list, format);                        \
    long result = call;                            \
    va_end(list);                                  \
    return result;                                 \
  }

LISTED(char, list_vdprintf, int to, vdprintf(to, format, list))
LISTED(char, list_vdprintf_chk, int to, __vdprintf_chk(to, 1, format, list))
WRITES(vdprintf, list_vdprintf(to, "%s", "abc"))
WRITES(__vdprintf_chk, list_vdprintf_chk(to, "%s", "abc"))

// MARK: - Calls on streams

#define PUTS(name, expression) \
  static long by_##name(FILE *to) { return expression; }

PUTS(fwrite, (long)fwrite("abc", 1, 3, to))
PUTS(fwrite_unlocked, (long)fwrite_unlocked("abc", 1, 3, to))
PUTS(fputs, fputs("abc", to))
PUTS(fputs_unlocked, fputs_unlocked("abc", to))
PUTS(fputc, fputc('a', to))
PUTS(putc, putc('a', to))
PUTS(fputc_unlocked, fputc_unlocked('a', to))
PUTS(putc_unlocked, putc_unlocked('a', to))
PUTS(putw, putw(7, to))
PUTS(__overflow, __overflow(to, 'a'))
PUTS(puts, puts("abc"))
PUTS(putchar, putchar('a'))
PUTS(putchar_unlocked, putchar_unlocked('a'))
PUTS(fprintf, fprintf(to, "%s", "abc"))
PUTS(__fprintf_chk, __fprintf_chk(to, 1, "%s", "abc"))
PUTS(printf, printf("%s", "abc"))
PUTS(__printf_chk, __printf_chk(1, "%s", "abc"))
LISTED(char, list_vfprintf, FILE *to, vfprintf(to, format, list))
LISTED(char, list_vfprintf_chk, FILE *to, __vfprintf_chk(to, 1, format, list))
LISTED(char, list_vprintf, FILE *to, ((void)to, vprintf(format, list)))
LISTED(char, list_vprintf_chk, FILE *to, ((void)to, __vprintf_chk(1, format, list)))
PUTS(vfprintf, list_vfprintf(to, "%s", "abc"))
PUTS(__vfprintf_chk, list_vfprintf_chk(to, "%s", "abc"))
PUTS(vprintf, list_vprintf(to, "%s", "abc"))
PUTS(__vprintf_chk, list_vprintf_chk(to, "%s", "abc"))

PUTS(fputws, fputws(L"abc", to))
PUTS(fputws_unlocked, fputws_unlocked(L"abc", to))
PUTS(fputwc, fputwc(L'a', to))
PUTS(putwc, putwc(L'a', to))
PUTS(fputwc_unlocked, fputwc_unlocked(L'a', to))
PUTS(putwc_unlocked, putwc_unlocked(L'a', to))
PUTS(putwchar, putwchar(L'a'))
PUTS(putwchar_unlocked, putwchar_unlocked(L'a'))
PUTS(fwprintf, fwprintf(to, L"%s", "abc"))
PUTS(__fwprintf_chk, __fwprintf_chk(to, 1, L"%s", "abc"))
PUTS(wprintf, wprintf(L"%s", "abc"))
PUTS(__wprintf_chk, __wprintf_chk(1, L"%s", "abc"))
LISTED(wchar_t, list_vfwprintf, FILE *to, vfwprintf(to, format, list))
LISTED(wchar_t, list_vfwprintf_chk, FILE *to, __vfwprintf_chk(to, 1, format, list))
LISTED(wchar_t, list_vwprintf, FILE *to, ((void)to, vwprintf(format, list)))
LISTED(wchar_t, list_vwprintf_chk, FILE *to, ((void)to, __vwprintf_chk(1, format, list)))
PUTS(vfwprintf, list_vfwprintf(to, L"%s", "abc"))
PUTS(__vfwprintf_chk, list_vfwprintf_chk(to, L"%s", "abc"))
PUTS(vwprintf, list_vwprintf(to, L"%s", "abc"))
PUTS(__vwprintf_chk, list_vwprintf_chk(to, L"%s", "abc"))

// MARK: - The last writer

/// One call, and how many bytes it leaves: not synced, or in the stream's buffer.
typedef struct Writing {
  const char *name;
  long (*to_descriptor)(int);
  long (*to_stream)(FILE *);
  int bytes;
  int descriptor;
  FILE *stream;
} Writing;

#define WRITTEN(name, bytes) {#name, by_##name, NULL, bytes, -1, NULL}
#define PUT(name, bytes) {#name, NULL, by_##name, bytes, -1, NULL}

static Writing writings[] = {
  WRITTEN(write, 3), WRITTEN(pwrite, 3), WRITTEN(pwrite64, 3), WRITTEN(writev, 3), WRITTEN(pwritev, 3),
  WRITTEN(pwritev64, 3), WRITTEN(pwritev2, 3), WRITTEN(pwritev64v2, 3), WRITTEN(copy_file_range, 3), WRITTEN(sendfile, 3),
  WRITTEN(sendfile64, 3), WRITTEN(splice, 3), WRITTEN(dprintf, 3), WRITTEN(__dprintf_chk, 3), WRITTEN(vdprintf, 3),
  WRITTEN(__vdprintf_chk, 3), WRITTEN(fallocate, 0), WRITTEN(fallocate64, 0), WRITTEN(posix_fallocate, 0),
  WRITTEN(posix_fallocate64, 0), WRITTEN(ftruncate, 0), WRITTEN(ftruncate64, 0), PUT(fwrite, 3), PUT(fwrite_unlocked, 3),
  PUT(fputs, 3), PUT(fputs_unlocked, 3), PUT(fputc, 1), PUT(putc, 1), PUT(fputc_unlocked, 1), PUT(putc_unlocked, 1),
  PUT(putw, 4), PUT(__overflow, 1), PUT(puts, 4), PUT(putchar, 1), PUT(putchar_unlocked, 1), PUT(fprintf, 3),
  PUT(__fprintf_chk, 3), PUT(printf, 3), PUT(__printf_chk, 3), PUT(vfprintf, 3), PUT(__vfprintf_chk, 3), PUT(vprintf, 3),
  PUT(__vprintf_chk, 3),
  // Wide characters are in a buffer of their own, not made bytes yet.
  PUT(fputws, 3), PUT(fputws_unlocked, 3), PUT(fputwc, 1), PUT(putwc, 1), PUT(fputwc_unlocked, 1), PUT(putwc_unlocked, 1),
  PUT(putwchar, 1), PUT(putwchar_unlocked, 1), PUT(fwprintf, 3), PUT(__fwprintf_chk, 3), PUT(wprintf, 3),
  PUT(__wprintf_chk, 3), PUT(vfwprintf, 3), PUT(__vfwprintf_chk, 3), PUT(vwprintf, 3), PUT(__vwprintf_chk, 3)};
enum { WRITINGS = sizeof writings / sizeof *writings };

static void *write_all(void *unused) {
  FILE *output = stdout;
  pthread_setname_np(pthread_self(), "writer");
  for (int index = 0; index < WRITINGS; index++) {
    const Writing *writing = &writings[index];
    stdout = writing->stream;  // for calls that take none
    long result = writing->to_descriptor != NULL ? writing->to_descriptor(writing->descriptor)
                                                 : writing->to_stream(writing->stream);
    stdout = output;
    require_at(result >= 0, writing->name, __LINE__);
  }
  stand();
  return unused;
}

/// Tells of each its descriptor and the bytes that are left.
static int written(void) {
  enter_fresh_folder();
  prepare_sources();
  for (int index = 0; index < WRITINGS; index++) {
    Writing *writing = &writings[index];
    if (writing->to_stream != NULL) writing->stream = fopen(writing->name, "w");
    writing->descriptor = writing->stream != NULL ? fileno(writing->stream) : fresh(writing->name);
    printf("%s %d %d\n", writing->name, writing->descriptor, writing->bytes);
  }
  require(fflush(stdout) == 0);
  start(write_all, NULL);
  await_standing(1);
  _exit(0);
}

// MARK: - Syncs

WRITES(fsync, fsync(to))
WRITES(fdatasync, fdatasync(to))
WRITES(syncfs, syncfs(to))
// It writes a part of the file, and nothing that says where that is.
WRITES(sync_file_range, sync_file_range(to, 0, 5, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE))
WRITES(fsync_failed, fsync(to + 1000) == -1 ? 0 : -1)

static long by_fflush(FILE *to) { return fflush(to); }
static long by_fflush_unlocked(FILE *to) { return fflush_unlocked(to); }

/// Of five bytes each, how many are left when one call has been made.
static int made_durable(void) {
  static Writing syncs[] = {
    WRITTEN(fsync, 0), WRITTEN(fdatasync, 0), WRITTEN(syncfs, 0), WRITTEN(sync_file_range, 5), WRITTEN(fsync_failed, 5),
    PUT(fflush, 0), PUT(fflush_unlocked, 0)};
  enter_fresh_folder();
  for (size_t index = 0; index < sizeof syncs / sizeof *syncs; index++) {
    Writing *sync = &syncs[index];
    sync->stream = sync->to_stream != NULL ? fopen(sync->name, "w") : NULL;
    sync->descriptor = sync->stream != NULL ? fileno(sync->stream) : fresh(sync->name);
    if (sync->stream != NULL) require(fputs("12345", sync->stream) >= 0 && sync->to_stream(sync->stream) == 0);
    else require(write(sync->descriptor, "12345", 5) == 5 && sync->to_descriptor(sync->descriptor) == 0);
    printf("%s %d %d\n", sync->name, sync->descriptor, sync->bytes);
  }
  require(fflush(stdout) == 0);
  _exit(0);
}

/// A file system has all the files of a folder, and none of the memory that is open as one.
static int file_system_made_durable(void) {
  enter_fresh_folder();
  int synced = fresh("synced"), beside = fresh("beside"), elsewhere = memfd_create("elsewhere", 0);
  require(elsewhere >= 0);
  int files[] = {synced, beside, elsewhere};
  for (int index = 0; index < 3; index++) require(write(files[index], "12345", 5) == 5);
  require(syncfs(synced) == 0);
  printf("synced %d 0\nbeside %d 0\nelsewhere %d 5\n", synced, beside, elsewhere);
  require(fflush(stdout) == 0);
  _exit(0);
}

SCENARIOS({"written", written}, {"made-durable", made_durable}, {"file-system-made-durable", file_system_made_durable})
