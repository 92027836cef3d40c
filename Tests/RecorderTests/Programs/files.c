// Files opened, written, replaced and closed in every way.
#include "scenario.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static char folder[64];
static char path_room[128];

/// A path in a fresh folder of this process.
static const char *in_folder(const char *name) {
  if (folder[0] == 0) {
    strcpy(folder, "files-XXXXXX");
    require(mkdtemp(folder) != NULL);
  }
  snprintf(path_room, sizeof path_room, "%s/%s", folder, name);
  return path_room;
}

static int opened(void) {
  require(open("/dev/null", O_RDONLY) == 3);
  require(open64("/dev/zero", O_RDWR) == 4);
  require(openat(AT_FDCWD, in_folder("at"), O_WRONLY | O_CREAT, 0600) == 5);
  require(openat64(AT_FDCWD, in_folder("at64"), O_RDWR | O_CREAT | O_APPEND, 0600) == 6);
  require(creat(in_folder("created"), 0640) == 7);
  require(creat64(in_folder("created64"), 0640) == 8);
  require(open(".", O_TMPFILE | O_RDWR, 0600) == 9);
  require(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
  return 0;
}

static int streams(void) {
  require(fileno(fopen(in_folder("w"), "w")) == 3);
  require(fileno(fopen64(in_folder("a+"), "a+")) == 4);
  require(fileno(fopen("/dev/null", "r")) == 5);
  int descriptor = open(in_folder("wrapped"), O_WRONLY | O_CREAT, 0600);
  require(fileno(fdopen(descriptor, "w")) == 6);
  FILE *reopened = fopen(in_folder("before"), "w");
  reopened = freopen(in_folder("after"), "w", reopened);
  require(fileno(reopened) == 7);
  require(fopen("/no/such/file", "r") == NULL && errno == ENOENT);
  return 0;
}

static int closed(void) {
  int first = open("/dev/null", O_RDONLY), second = open("/dev/null", O_RDONLY), third = open("/dev/null", O_RDONLY);
  FILE *stream = fopen("/dev/null", "r");
  require(close(second) == 0 && close(first) == 0 && fclose(stream) == 0 && close(third) == 0);
  require(close(third) == -1 && errno == EBADF);
  require(freopen("/no/such/file", "r", fopen("/dev/null", "r")) == NULL);
  return 0;
}

static int replaced(void) {
  int kept = open("/dev/null", O_RDONLY), gone = open(in_folder("gone"), O_WRONLY | O_CREAT, 0600);
  int gone_too = open(in_folder("gone-too"), O_WRONLY | O_CREAT, 0600);
  require(dup2(kept, kept) == kept);
  require(dup2(kept, gone) == gone);
  require(dup3(kept, gone_too, O_CLOEXEC) == gone_too);
  require(dup2(100, kept) == -1 && errno == EBADF);
  return 0;
}

static int closed_unseen(void) {
  int first = open("/dev/null", O_RDONLY), second = open("/dev/null", O_RDONLY), third = open("/dev/zero", O_RDONLY);
  require(syscall(SYS_close, first) == 0);
  require(close_range((unsigned)second, (unsigned)second, 0) == 0);
  (void)third;
  return 0;
}

static int written(void) {
  struct iovec pieces[2] = {{"ab", 2}, {"cde", 3}};
  int descriptor = open(in_folder("written"), O_WRONLY | O_CREAT, 0600);
  require(write(descriptor, "0123456789", 10) == 10);
  require(pwrite(descriptor, "01234", 5, 0) == 5);
  require(writev(descriptor, pieces, 2) == 5);
  return 0;
}

static int synced(void) {
  written();
  require(fsync(3) == 0);
  require(write(3, "xyz", 3) == 3);
  return 0;
}

static int synced_at_last(void) {
  written();
  require(fdatasync(3) == 0);
  return 0;
}

static int synced_through_another(void) {
  written();
  int another = open(path_room, O_RDONLY), copy = dup(3);
  require(fsync(another) == 0);
  require(write(copy, "abcd", 4) == 4);
  require(fdatasync(3) == 0);
  return 0;
}

static int synced_with_everything(void) {
  written();
  sync();
  return 0;
}

static int written_synchronously(void) {
  int descriptor = open(in_folder("written"), O_WRONLY | O_CREAT | O_DSYNC, 0600);
  require(write(descriptor, "0123456789", 10) == 10);
  return 0;
}

/// printf goes to what comes under its descriptor.
static int printed_to_a_duplicate(void) {
  int file = open(in_folder("log"), O_WRONLY | O_CREAT, 0600);
  require(dup2(file, 1) == 1 && close(file) == 0);
  require(setvbuf(stdout, NULL, _IOFBF, 4096) == 0 && printf("%s", "12345") == 5);
  _exit(0);
}

static int stream_kept_by_dup2(void) {
  FILE *stream = fopen(in_folder("old"), "w");
  int file = open(in_folder("new"), O_WRONLY | O_CREAT, 0600);
  require(dup2(file, fileno(stream)) == fileno(stream) && close(file) == 0);
  require(fputs("1234567", stream) >= 0);
  _exit(0);
}

static int closed_by_range_for_itself(void) {
  require(open("/dev/null", O_RDONLY) == 3 && open("/dev/null", O_RDONLY) == 4);
  enum { UNSHARE = 1 << 1, CLOEXEC = 1 << 2 };
  require(close_range(3, 3, CLOEXEC) == 0);
  require(close_range(4, 4, UNSHARE) == 0);
  return 0;
}

static int all_streams_closed(void) {
  require(fputs("12345", fopen(in_folder("buffered"), "w")) >= 0);
  require(fcloseall() == 0);
  return 0;
}

/// Streams that have no descriptor, and a file opened by a handle where that is allowed.
static int streams_without_a_descriptor(void) {
  char room[16];
  cookie_io_functions_t none = {0};
  FILE *memory = fmemopen(room, sizeof room, "w"), *cookie = fopencookie(NULL, "w", none);
  require(memory != NULL && cookie != NULL);
  require(fputs("abc", memory) >= 0 && fputs("abc", cookie) >= 0 && fclose(memory) == 0);
  _exit(0);
}

static void *write_through_3(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  require(write(3, "x", 1) == 1);
  stand();
  return unused;
}

static int written_by_another(void) {
  require(open(in_folder("shared"), O_WRONLY | O_CREAT, 0600) == 3);
  start(write_through_3, NULL);
  await_standing(1);
  return 0;
}

static int unflushed(int (*leave)(int)) {
  FILE *stream = fopen(in_folder("buffered"), "w");
  require(fputs("12345", stream) >= 0 && fprintf(stream, "%d", 678) == 3);
  require(fwrite("90", 1, 2, stream) == 2 && fputc('a', stream) == 'a' && putc('b', stream) == 'b');
  return leave(0);
}

static int underscore(int status) { _exit(status); }
static int by_return(int status) { return status; }
static int unflushed_by_underscore_exit(void) { return unflushed(underscore); }
static int unflushed_by_return(void) { return unflushed(by_return); }

static int flushed(void) {
  FILE *stream = fopen(in_folder("buffered"), "w");
  require(fputs("12345", stream) >= 0);
  require(fflush(stream) == 0);
  _exit(0);
}

static int all_flushed(void) {
  FILE *stream = fopen(in_folder("buffered"), "w");
  require(fputs("12345", stream) >= 0);
  require(fflush(NULL) == 0);
  _exit(0);
}

static int pipe_ends[2];
static volatile pid_t writer;

static void *write_into_full_pipe(void *unused) {
  char block[4096] = "";
  pthread_setname_np(pthread_self(), "writer");
  writer = gettid();
  sem_post(&standing);
  for (;;) require(write(pipe_ends[1], block, sizeof block) > 0);
  return unused;
}

static void *write_stream_into_full_pipe(void *stream) {
  char block[4096] = "";
  pthread_setname_np(pthread_self(), "writer");
  writer = gettid();
  sem_post(&standing);
  for (;;) fwrite(block, 1, sizeof block, stream);
  return NULL;
}

/// The pipe takes nothing more, and its writer is inside a write.
static void await_full_pipe(void) {
  struct pollfd full = {.fd = pipe_ends[1], .events = POLLOUT};
  while (poll(&full, 1, 0) != 0) sched_yield();
  await_system_call(writer, IN_WRITE);
}

static int inside_write(void) {
  require(pipe(pipe_ends) == 0);
  require(fcntl(pipe_ends[1], F_SETPIPE_SZ, 4096) == 4096);
  start(write_into_full_pipe, NULL);
  await_standing(1);
  await_full_pipe();
  return 0;
}

static int inside_stream_write(void) {
  require(pipe(pipe_ends) == 0);
  require(fcntl(pipe_ends[1], F_SETPIPE_SZ, 4096) == 4096);
  start(write_stream_into_full_pipe, fdopen(pipe_ends[1], "w"));
  await_standing(1);
  await_full_pipe();
  _exit(0);
}

static int long_path(void) {
  char path[1024] = "";
  while (strlen(path) < 600) strcat(path, "/./");
  strcat(path, "/dev/null");
  require(open(path, O_RDONLY) == 3);
  return 0;
}

/// Paths of many lengths, each of which ends where memory does.
static int paths_at_the_end_of_memory(void) {
  static const size_t lengths[] = {9, 15, 16, 17, 511, 512};
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(pages != MAP_FAILED && mprotect(pages + 4096, 4096, PROT_NONE) == 0);
  for (size_t index = 0; index < sizeof lengths / sizeof *lengths; index++) {
    char *path = pages + 4096 - lengths[index] - 1;
    memset(path, '/', lengths[index]);
    memcpy(path + lengths[index] - strlen("dev/null"), "dev/null", sizeof "dev/null");
    require(open(path, O_RDONLY) == 3 + (int)index);
  }
  return 0;
}

static int standard_error_by_fdopen(void) {
  FILE *stream = fdopen(2, "w");
  require(stream != NULL);
  return 0;
}

static int high_descriptor(void) {
  int high = 15000;
  require(dup2(1, high) == high);
  require(fdopen(high, "w") != NULL);
  FILE *status = fopen("/proc/self/status", "r");
  require(status != NULL);
  return 0;
}

SCENARIOS(
  {"opened", opened}, {"streams", streams}, {"closed", closed}, {"replaced", replaced},
  {"closed-unseen", closed_unseen}, {"written", written}, {"synced", synced}, {"synced-at-last", synced_at_last},
  {"written-by-another", written_by_another}, {"unflushed-by-underscore-exit", unflushed_by_underscore_exit},
  {"unflushed-by-return", unflushed_by_return}, {"flushed", flushed}, {"all-flushed", all_flushed},
  {"inside-write", inside_write}, {"inside-stream-write", inside_stream_write}, {"long-path", long_path},
  {"paths-at-the-end-of-memory", paths_at_the_end_of_memory}, {"synced-through-another", synced_through_another},
  {"synced-with-everything", synced_with_everything}, {"written-synchronously", written_synchronously},
  {"printed-to-a-duplicate", printed_to_a_duplicate}, {"stream-kept-by-dup2", stream_kept_by_dup2},
  {"closed-by-range-for-itself", closed_by_range_for_itself}, {"all-streams-closed", all_streams_closed},
  {"streams-without-a-descriptor", streams_without_a_descriptor},
  {"standard-error-by-fdopen", standard_error_by_fdopen}, {"high-descriptor", high_descriptor})
