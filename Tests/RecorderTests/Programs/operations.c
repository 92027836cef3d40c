// Threads inside calls on files that go on for ever (blocking.c), and one that left such a call without coming back.
#include "scenario.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <wchar.h>

// MARK: - A thread in each call

/// What all of them are on: a file, and a stream of another one.
static int file;
static FILE *stream;
static char long_path[600];
static struct iovec piece = {"abc", 3};

#define CALLS(name, expression) \
  static long call_##name(void) { return (long)(expression); }

CALLS(write, write(file, "abc", 3))
CALLS(pwrite, pwrite(file, "abc", 3, 0))
CALLS(pwrite64, pwrite64(file, "abc", 3, 0))
CALLS(writev, writev(file, &piece, 1))
CALLS(pwritev, pwritev(file, &piece, 1, 0))
CALLS(pwritev64, pwritev64(file, &piece, 1, 0))
CALLS(pwritev2, pwritev2(file, &piece, 1, 0, 0))
CALLS(pwritev64v2, pwritev64v2(file, &piece, 1, 0, 0))
CALLS(copy_file_range, copy_file_range(0, NULL, file, NULL, 3, 0))
CALLS(sendfile, sendfile(file, 0, NULL, 3))
CALLS(sendfile64, sendfile64(file, 0, NULL, 3))
CALLS(splice, splice(0, NULL, file, NULL, 3, 0))
CALLS(dprintf, dprintf(file, "%s", "abc"))
CALLS(fallocate, fallocate(file, 0, 0, 100))
CALLS(fallocate64, fallocate64(file, 0, 0, 100))
CALLS(posix_fallocate, posix_fallocate(file, 0, 100))
CALLS(posix_fallocate64, posix_fallocate64(file, 0, 100))
CALLS(sync, (sync(), 0))
CALLS(fsync, fsync(file))
CALLS(fdatasync, fdatasync(file))
CALLS(syncfs, syncfs(file))
CALLS(sync_file_range, sync_file_range(file, 0, 100, SYNC_FILE_RANGE_WRITE))
CALLS(ftruncate, ftruncate(file, 0))
CALLS(ftruncate64, ftruncate64(file, 0))
CALLS(truncate, truncate(long_path, 0))
CALLS(truncate64, truncate64("here", 0))
CALLS(rename, rename("here", "there"))
CALLS(renameat, renameat(AT_FDCWD, "here", AT_FDCWD, "there"))
CALLS(renameat2, renameat2(AT_FDCWD, "here", AT_FDCWD, "there", RENAME_NOREPLACE))
CALLS(fflush, fflush(stream))
CALLS(fflush_unlocked, fflush_unlocked(stream))
CALLS(fclose, fclose(stream))
CALLS(pclose, pclose(stream))
CALLS(fputs, fputs("abc", stream))
CALLS(fputs_unlocked, fputs_unlocked("abc", stream))
CALLS(fwrite, fwrite("abc", 1, 3, stream))
CALLS(fwrite_unlocked, fwrite_unlocked("abc", 1, 3, stream))
CALLS(fputc, fputc('a', stream))
CALLS(putc, putc('a', stream))
CALLS(fprintf, fprintf(stream, "%s", "abc"))
CALLS(fputws, fputws(L"abc", stream))
CALLS(fwprintf, fwprintf(stream, L"%s", "abc"))

typedef struct Call {
  const char *name;
  long (*make)(void);
  pid_t thread;
} Call;

#define CALL(name) {#name, call_##name, 0}

static Call calls[] = {
  CALL(write), CALL(pwrite), CALL(pwrite64), CALL(writev), CALL(pwritev), CALL(pwritev64), CALL(pwritev2),
  CALL(pwritev64v2), CALL(copy_file_range), CALL(sendfile), CALL(sendfile64), CALL(splice), CALL(dprintf), CALL(fallocate),
  CALL(fallocate64), CALL(posix_fallocate), CALL(posix_fallocate64), CALL(sync), CALL(fsync), CALL(fdatasync), CALL(syncfs),
  CALL(sync_file_range), CALL(ftruncate), CALL(ftruncate64), CALL(truncate), CALL(truncate64), CALL(rename), CALL(renameat),
  CALL(renameat2), CALL(fflush), CALL(fflush_unlocked), CALL(fclose), CALL(pclose), CALL(fputs), CALL(fputs_unlocked),
  CALL(fwrite), CALL(fwrite_unlocked), CALL(fputc), CALL(putc), CALL(fprintf), CALL(fputws), CALL(fwprintf)};
enum { CALLS = sizeof calls / sizeof *calls };

static void *make_call(void *argument) {
  Call *call = argument;
  call->thread = gettid();
  sem_post(&standing);
  call->make();
  abort();
}

/// Tells of each thread, by its number, which call it is in; and which file is which.
static int in_every_call(void) {
  char name[] = "operations-XXXXXX", other[] = "operations-XXXXXX";
  file = mkstemp(name);
  stream = fdopen(mkstemp(other), "w");
  require(file >= 0 && stream != NULL && unlink(name) == 0 && unlink(other) == 0);
  memset(long_path, 'x', sizeof long_path - 1);
  memcpy(long_path + sizeof long_path - sizeof "/log", "/log", sizeof "/log");
  for (int index = 0; index < CALLS; index++) start(make_call, &calls[index]);
  await_standing(CALLS);
  for (int index = 0; index < CALLS; index++) {
    // The library's function pauses: then the thread has come into it.
    await_system_call(calls[index].thread, SYS_pause);
    tell(calls[index].name, (const void *)(uintptr_t)calls[index].thread);
  }
  tell("file", (const void *)(uintptr_t)file);
  tell("stream", stream);
  _exit(0);
}

// MARK: - A call that was left

static sigjmp_buf before;
static void jump(int signal) { siglongjmp(before, signal); }
static pid_t worker;

static void *leave_write(void *name) {
  static char block[1 << 20];
  int ends[2];
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  require(pipe(ends) == 0);
  if (sigsetjmp(before, 1) == 0) {
    sem_post(&standing);
    require(write(ends[1], block, sizeof block) < 0);
  }
  stand();
  return NULL;
}

static int left_by_longjmp(void) {
  signal(SIGUSR1, jump);
  pthread_t thread = start(leave_write, "worker");
  await_standing(1);
  // The pipe is full.
  await_system_call(worker, SYS_write);
  pthread_kill(thread, SIGUSR1);
  await_standing(1);
  return 0;
}

SCENARIOS({"in-every-call", in_every_call}, {"left-by-longjmp", left_by_longjmp})
