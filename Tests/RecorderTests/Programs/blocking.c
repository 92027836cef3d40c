// A library whose file calls never return, but for the main thread: what the interposed ones find under their own names.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wchar.h>

// A macro where the compiler optimizes.
#undef fwrite_unlocked

static int stay(void) {
  int result = 0;
  while (result <= 0) result = pause();
  return result;
}

/// Defines `name`. Main goes on to libc's: it has to see where the others stand.
#define NEVER_RETURNS(type, name, parameters, arguments)                                                  \
  type name parameters {                                                                                  \
    if (gettid() == getpid()) return (*(type(*) parameters)dlsym(RTLD_NEXT, #name))arguments;             \
    return (type)stay();                                                                                  \
  }

#define PIECES const struct iovec *pieces, int count

NEVER_RETURNS(ssize_t, write, (int to, const void *bytes, size_t length), (to, bytes, length))
NEVER_RETURNS(ssize_t, pwrite, (int to, const void *bytes, size_t length, off_t at), (to, bytes, length, at))
NEVER_RETURNS(ssize_t, pwrite64, (int to, const void *bytes, size_t length, off64_t at), (to, bytes, length, at))
NEVER_RETURNS(ssize_t, writev, (int to, PIECES), (to, pieces, count))
NEVER_RETURNS(ssize_t, pwritev, (int to, PIECES, off_t at), (to, pieces, count, at))
NEVER_RETURNS(ssize_t, pwritev64, (int to, PIECES, off64_t at), (to, pieces, count, at))
NEVER_RETURNS(ssize_t, pwritev2, (int to, PIECES, off_t at, int flags), (to, pieces, count, at, flags))
NEVER_RETURNS(ssize_t, pwritev64v2, (int to, PIECES, off64_t at, int flags), (to, pieces, count, at, flags))
NEVER_RETURNS(
  ssize_t, copy_file_range, (int from, off64_t *begin, int to, off64_t *at, size_t length, unsigned flags),
  (from, begin, to, at, length, flags))
NEVER_RETURNS(ssize_t, sendfile, (int to, int from, off_t *begin, size_t length), (to, from, begin, length))
NEVER_RETURNS(ssize_t, sendfile64, (int to, int from, off64_t *begin, size_t length), (to, from, begin, length))
NEVER_RETURNS(
  ssize_t, splice, (int from, off64_t *begin, int to, off64_t *at, size_t length, unsigned flags),
  (from, begin, to, at, length, flags))
NEVER_RETURNS(int, vdprintf, (int to, const char *format, va_list list), (to, format, list))
NEVER_RETURNS(int, fallocate, (int file, int mode, off_t begin, off_t length), (file, mode, begin, length))
NEVER_RETURNS(int, fallocate64, (int file, int mode, off64_t begin, off64_t length), (file, mode, begin, length))
NEVER_RETURNS(int, posix_fallocate, (int file, off_t begin, off_t length), (file, begin, length))
NEVER_RETURNS(int, posix_fallocate64, (int file, off64_t begin, off64_t length), (file, begin, length))

NEVER_RETURNS(void, sync, (void), ())
NEVER_RETURNS(int, fsync, (int file), (file))
NEVER_RETURNS(int, fdatasync, (int file), (file))
NEVER_RETURNS(int, syncfs, (int file), (file))
NEVER_RETURNS(
  int, sync_file_range, (int file, off64_t begin, off64_t length, unsigned flags), (file, begin, length, flags))

NEVER_RETURNS(int, ftruncate, (int file, off_t length), (file, length))
NEVER_RETURNS(int, ftruncate64, (int file, off64_t length), (file, length))
NEVER_RETURNS(int, truncate, (const char *path, off_t length), (path, length))
NEVER_RETURNS(int, truncate64, (const char *path, off64_t length), (path, length))
NEVER_RETURNS(int, rename, (const char *from, const char *to), (from, to))
NEVER_RETURNS(
  int, renameat, (int from_folder, const char *from, int to_folder, const char *to), (from_folder, from, to_folder, to))
NEVER_RETURNS(
  int, renameat2, (int from_folder, const char *from, int to_folder, const char *to, unsigned flags),
  (from_folder, from, to_folder, to, flags))

NEVER_RETURNS(int, fflush, (FILE *stream), (stream))
NEVER_RETURNS(int, fflush_unlocked, (FILE *stream), (stream))
NEVER_RETURNS(int, fclose, (FILE *stream), (stream))
NEVER_RETURNS(int, pclose, (FILE *stream), (stream))
NEVER_RETURNS(int, fputs, (const char *text, FILE *stream), (text, stream))
NEVER_RETURNS(int, fputs_unlocked, (const char *text, FILE *stream), (text, stream))
NEVER_RETURNS(size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *to), (bytes, size, count, to))
NEVER_RETURNS(size_t, fwrite_unlocked, (const void *bytes, size_t size, size_t count, FILE *to), (bytes, size, count, to))
NEVER_RETURNS(int, fputc, (int character, FILE *stream), (character, stream))
NEVER_RETURNS(int, putc, (int character, FILE *stream), (character, stream))
NEVER_RETURNS(int, vfprintf, (FILE *stream, const char *format, va_list list), (stream, format, list))
NEVER_RETURNS(int, fputws, (const wchar_t *text, FILE *stream), (text, stream))
NEVER_RETURNS(int, vfwprintf, (FILE *stream, const wchar_t *format, va_list list), (stream, format, list))
