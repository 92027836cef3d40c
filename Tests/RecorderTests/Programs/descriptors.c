// A descriptor made in every way, and descriptors lost in every way: a table of functions, each with one call of its own.
#include "scenario.h"

#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pty.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>

// What a fortified program calls (bits/fcntl2.h, bits/mqueue2.h).
extern int __open_2(const char *path, int flags), __open64_2(const char *path, int flags);
extern int __openat_2(int folder, const char *path, int flags), __openat64_2(int folder, const char *path, int flags);
extern mqd_t __mq_open_2(const char *name, int flags);

static void enter_fresh_folder(void) {
  static char folder[] = "descriptors-XXXXXX";
  require(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

/// A file that is there, and that nobody has opened.
static const char *there(const char *name) {
  require(mknod(name, S_IFREG | 0600, 0) == 0);
  return name;
}

/// A descriptor that the recorder has not seen come.
static int unseen(int descriptor) { return (int)syscall(SYS_dup, descriptor); }

/// Hands standard input over; the descriptor is the receiver's.
static void send_one(int socket) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  int descriptor = 0;
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  struct iovec part = {"x", 1};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
  require(sendmsg(socket, &message, 0) == 1);
}

// MARK: - Made

/// The second descriptor of a call that makes two.
static int second;

/// What calls are made on: a socket that listens, with two clients; a pair; an open file.
static int listener, pair[2], original;

static void prepare(void) {
  enter_fresh_folder();
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  socklen_t length = sizeof address;
  // The kernel chooses a name (unix(7), autobind).
  require(bind(listener, (struct sockaddr *)&address, sizeof address.sun_family) == 0 && listen(listener, 2) == 0);
  require(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
  for (int count = 0; count < 2; count++) {
    require(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, length) == 0);
  }
  require(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  original = open("original", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  require(original >= 0);
}

#define MAKES(name, expression) \
  static int make_##name(const char *path) { (void)path; return expression; }

MAKES(open, open(path, O_WRONLY | O_CREAT | O_APPEND, 0600))
MAKES(open64, open64(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600))
MAKES(openat, openat(AT_FDCWD, path, O_WRONLY | O_CREAT, 0600))
MAKES(openat64, openat64(AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND, 0600))
MAKES(__open_2, __open_2(there(path), O_WRONLY | O_APPEND))
MAKES(__open64_2, __open64_2(there(path), O_RDWR))
MAKES(__openat_2, __openat_2(AT_FDCWD, there(path), O_WRONLY | O_CLOEXEC))
MAKES(__openat64_2, __openat64_2(AT_FDCWD, there(path), O_RDONLY))
MAKES(creat, creat(path, 0600))
MAKES(creat64, creat64(path, 0600))
MAKES(nameless, open(".", O_TMPFILE | O_RDWR, 0600))

static char templates[8][32];

/// The path is the call's name with six characters more, and a suffix where the call takes one.
static char *template(int index, const char *name, const char *suffix) {
  snprintf(templates[index], sizeof *templates, "%s-XXXXXX%s", name, suffix);
  return templates[index];
}

MAKES(mkstemp, mkstemp(template(0, path, "")))
MAKES(mkstemp64, mkstemp64(template(1, path, "")))
MAKES(mkostemp, mkostemp(template(2, path, ""), O_APPEND))
MAKES(mkostemp64, mkostemp64(template(3, path, ""), O_CLOEXEC))
MAKES(mkstemps, mkstemps(template(4, path, ".txt"), 4))
MAKES(mkstemps64, mkstemps64(template(5, path, ".txt"), 4))
MAKES(mkostemps, mkostemps(template(6, path, ".txt"), 4, O_CLOEXEC))
MAKES(mkostemps64, mkostemps64(template(7, path, ".txt"), 4, O_APPEND))
MAKES(tmpfile, fileno(tmpfile()))
MAKES(tmpfile64, fileno(tmpfile64()))
MAKES(memfd_create, memfd_create(path, 0))

static char *own_name(const char *name) {
  static char room[64];
  snprintf(room, sizeof room, "/%s-%d", name, getpid());
  return room;
}

static int make_shm_open(const char *path) {
  const char *name = own_name(path);
  int descriptor = shm_open(name, O_RDWR | O_CREAT, 0600);
  require(shm_unlink(name) == 0);
  return descriptor;
}

static int make_mq_open(const char *path) {
  const char *name = own_name(path);
  mqd_t queue = mq_open(name, O_WRONLY | O_CREAT, 0600, NULL);
  require(mq_unlink(name) == 0);
  return queue;
}

static int make___mq_open_2(const char *path) {
  const char *name = own_name(path);
  mqd_t made = (mqd_t)syscall(SYS_mq_open, name + 1, O_RDWR | O_CREAT, 0600, NULL);
  require(made >= 0 && syscall(SYS_close, made) == 0);
  mqd_t queue = __mq_open_2(name, O_RDONLY);
  require(mq_unlink(name) == 0);
  return queue;
}

MAKES(fopen, fileno(fopen(path, "w")))
MAKES(fopen64, fileno(fopen64(path, "a+")))
MAKES(fdopen, fileno(fdopen(unseen(original), "a")))
MAKES(freopen, fileno(freopen(path, "w", fopen("/dev/null", "r"))))
MAKES(freopen64, fileno(freopen64(path, "a", fopen("/dev/null", "r"))))
MAKES(freopen_same, fileno(freopen(NULL, "r", fopen(there(path), "r+"))))
MAKES(freopen64_same, fileno(freopen64(NULL, "r", fopen(there(path), "r+"))))
MAKES(popen, fileno(popen("true", "r")))
MAKES(opendir, dirfd(opendir("/dev")))

MAKES(dup, dup(original))
MAKES(dup2, dup2(original, 200))
MAKES(dup3, dup3(original, 201, O_CLOEXEC))
MAKES(dup_unseen, dup(0))
MAKES(dupfd, fcntl(original, F_DUPFD, 202))
MAKES(dupfd_cloexec, fcntl(original, F_DUPFD_CLOEXEC, 203))
MAKES(dupfd64, fcntl64(original, F_DUPFD, 204))

#define MAKES_TWO(name, call)                    \
  static int make_##name(const char *path) {     \
    int ends[2] = {-1, -1};                      \
    (void)path;                                  \
    require(call == 0);                          \
    second = ends[1];                            \
    return ends[0];                              \
  }

MAKES_TWO(pipe, pipe(ends))
MAKES_TWO(pipe2, pipe2(ends, O_CLOEXEC))
MAKES_TWO(socketpair, socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
MAKES_TWO(openpty, openpty(&ends[0], &ends[1], NULL, NULL, NULL))
MAKES(socket, socket(AF_UNIX, SOCK_STREAM, 0))
MAKES(accept, accept(listener, NULL, NULL))
MAKES(accept4, accept4(listener, NULL, NULL, SOCK_CLOEXEC))

static int make_recvmsg(const char *path) {
  char byte, room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  (void)path;
  send_one(pair[0]);
  require(recvmsg(pair[1], &message, 0) == 1);
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
  return descriptor;
}

/// Two messages with a descriptor each.
static int make_recvmmsg(const char *path) {
  char bytes[2], rooms[2][CMSG_SPACE(sizeof(int))];
  struct iovec parts[2] = {{&bytes[0], 1}, {&bytes[1], 1}};
  struct mmsghdr messages[2] = {0};
  (void)path;
  for (int index = 0; index < 2; index++) {
    messages[index].msg_hdr = (struct msghdr){
      .msg_iov = &parts[index], .msg_iovlen = 1, .msg_control = rooms[index], .msg_controllen = sizeof *rooms};
    send_one(pair[0]);
  }
  require(recvmmsg(pair[1], messages, 2, 0, NULL) == 2);
  int descriptors[2];
  for (int index = 0; index < 2; index++) {
    memcpy(&descriptors[index], CMSG_DATA(CMSG_FIRSTHDR(&messages[index].msg_hdr)), sizeof *descriptors);
  }
  second = descriptors[1];
  return descriptors[0];
}

MAKES(eventfd, eventfd(0, 0))
MAKES(epoll_create, epoll_create(1))
MAKES(epoll_create1, epoll_create1(0))
MAKES(timerfd_create, timerfd_create(CLOCK_MONOTONIC, 0))
MAKES(inotify_init, inotify_init())
MAKES(inotify_init1, inotify_init1(0))
MAKES(pidfd_open, pidfd_open(getpid(), 0))
MAKES(posix_openpt, posix_openpt(O_RDWR | O_NOCTTY))
MAKES(getpt, getpt())

static int make_signalfd(const char *path) {
  sigset_t none;
  (void)path;
  sigemptyset(&none);
  int descriptor = signalfd(-1, &none, 0);
  // Changes the one that is there.
  require(signalfd(descriptor, &none, 0) == descriptor);
  return descriptor;
}

static int make_pidfd_getfd(const char *path) {
  int own = (int)syscall(SYS_pidfd_open, getpid(), 0);
  (void)path;
  int descriptor = pidfd_getfd(own, original, 0);
  require(syscall(SYS_close, own) == 0);
  return descriptor;
}

static int make_forkpty(const char *path) {
  int controller = -1;
  (void)path;
  pid_t child = forkpty(&controller, NULL, NULL, NULL);
  if (child == 0) _exit(0);
  require(child > 0 && waitpid(child, NULL, 0) == child);
  return controller;
}

typedef struct Making {
  const char *name;
  int (*make)(const char *path);
} Making;

#define MADE(name) {#name, make_##name}

/// Says of each its name, its descriptor and where its code is; or -1 for what the machine does not allow.
static void make_all(const Making *makings, size_t count) {
  for (size_t index = 0; index < count; index++) {
    second = -1;
    int descriptor = makings[index].make(makings[index].name);
    require_at(descriptor >= 0, makings[index].name, __LINE__);
    printf("%s %d %#lx\n", makings[index].name, descriptor, (unsigned long)(uintptr_t)makings[index].make);
    if (second >= 0) printf("%s+ %d %#lx\n", makings[index].name, second, (unsigned long)(uintptr_t)makings[index].make);
  }
  require(fflush(stdout) == 0);
}

static const Making makings[] = {
  MADE(open), MADE(open64), MADE(openat), MADE(openat64), MADE(__open_2), MADE(__open64_2), MADE(__openat_2),
  MADE(__openat64_2), MADE(creat), MADE(creat64), MADE(nameless), MADE(mkstemp), MADE(mkstemp64), MADE(mkostemp),
  MADE(mkostemp64), MADE(mkstemps), MADE(mkstemps64), MADE(mkostemps), MADE(mkostemps64), MADE(tmpfile), MADE(tmpfile64),
  MADE(memfd_create), MADE(shm_open), MADE(mq_open), MADE(__mq_open_2), MADE(fopen), MADE(fopen64), MADE(fdopen),
  MADE(freopen), MADE(freopen64), MADE(freopen_same), MADE(freopen64_same), MADE(popen), MADE(opendir), MADE(dup),
  MADE(dup2), MADE(dup3), MADE(dup_unseen), MADE(dupfd), MADE(dupfd_cloexec), MADE(dupfd64), MADE(pipe), MADE(pipe2),
  MADE(socketpair), MADE(openpty), MADE(socket), MADE(accept), MADE(accept4), MADE(recvmsg), MADE(recvmmsg), MADE(eventfd),
  MADE(epoll_create), MADE(epoll_create1), MADE(timerfd_create), MADE(inotify_init), MADE(inotify_init1), MADE(pidfd_open),
  MADE(posix_openpt), MADE(getpt), MADE(signalfd), MADE(pidfd_getfd), MADE(forkpty)};

static int die(void) {
  kill(getpid(), SIGKILL);
  return 1;
}

static int made(void) {
  prepare();
  make_all(makings, sizeof makings / sizeof *makings);
  return 0;
}

static int made_and_killed(void) {
  made();
  return die();
}

// MARK: - Made by the system's administrator

MAKES(fanotify_init, fanotify_init(FAN_CLASS_NOTIF, O_RDONLY))

static int make_open_by_handle_at(const char *path) {
  union {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
  } file = {.handle.handle_bytes = MAX_HANDLE_SZ};
  int mount;
  (void)path;
  int folder = (int)syscall(SYS_open, "/dev/shm", O_RDONLY | O_DIRECTORY);
  require(name_to_handle_at(AT_FDCWD, "/dev/shm", &file.handle, &mount, 0) == 0);
  int descriptor = open_by_handle_at(folder, &file.handle, O_RDONLY | O_DIRECTORY);
  require(syscall(SYS_close, folder) == 0);
  return descriptor;
}

static int made_with_privilege(void) {
  static const Making makings[] = {MADE(fanotify_init), MADE(open_by_handle_at)};
  enter_fresh_folder();
  make_all(makings, sizeof makings / sizeof *makings);
  return die();
}

// MARK: - Lost

static int fresh(const char *name) {
  int descriptor = open(name, O_WRONLY | O_CREAT, 0600);
  require(descriptor >= 0);
  return descriptor;
}

static FILE *fresh_stream(const char *name) {
  FILE *stream = fopen(name, "w");
  require(stream != NULL && fputs("half a line", stream) >= 0);
  return stream;
}

/// Takes the numbers that were given back, past every library function: what was recorded of them stays as it is.
static void lost(int count) {
  while (count-- > 0) require(unseen(0) >= 0);
}

static void lose_by_closefrom(void) {
  fresh("closefrom"), fresh("closefrom");
  require(eventfd(0, 0) >= 0 && dup(0) >= 0);
  closefrom(3);
  lost(4);
}

static void lose_by_close_range(void) {
  int first = fresh("close_range"), last = fresh("close_range");
  require(close_range((unsigned)first, (unsigned)last, 0) == 0);
  lost(2);
}

static void lose_by_close(void) {
  int file = fresh("close"), sockets[2];
  require(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  require(close(file) == 0 && close(sockets[1]) == 0 && close(sockets[0]) == 0);
  lost(3);
}

static void lose_by_fclose(void) {
  FILE *stream = fresh_stream("fclose"), *wrapper = fdopen(fresh("fdopen"), "w");
  require(fclose(stream) == 0 && fclose(wrapper) == 0);
  lost(2);
}

/// freopen closes the old file, also where it can't open a new one.
static void lose_by_freopen(void) {
  FILE *stream = fresh_stream("freopen"), *stream64 = fresh_stream("freopen64");
  require(freopen("/no/such/file", "w", stream) == NULL && freopen64("/no/such/file", "w", stream64) == NULL);
  lost(2);
}

static void lose_by_pclose(void) {
  require(pclose(popen("true", "r")) == 0);
  lost(1);
}

static void lose_by_closedir(void) {
  DIR *folder = opendir("."), *wrapper = fdopendir(open(".", O_RDONLY | O_DIRECTORY));
  require(closedir(folder) == 0 && closedir(wrapper) == 0);
  lost(2);
}

static void lose_by_mq_close(void) {
  const char *name = own_name("mq_close");
  mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
  require(mq_unlink(name) == 0 && mq_close(queue) == 0);
  lost(1);
}

/// A copy that is gone, of a file that is gone.
static void lose_a_duplicate(void) {
  int source = fresh("source"), copy = dup(source);
  require(close(source) == 0 && close(copy) == 0);
  lost(2);
}

/// What each call leaves is called "kept"; anything else is gone.
static void replace_by_others(void) {
  int kept = fresh("kept"), over2 = fresh("dup2"), over3 = fresh("dup3");
  require(dup2(kept, over2) == over2 && dup3(kept, over3, O_CLOEXEC) == over3);
  require(freopen("kept-by-freopen", "w", fresh_stream("freopen")) != NULL);
  require(freopen64("kept-by-freopen64", "w", fresh_stream("freopen64")) != NULL);
}

static void lose_all(void) {
  enter_fresh_folder();
  lose_by_closefrom();
  lose_by_close_range();
  lose_by_close();
  lose_by_fclose();
  lose_by_freopen();
  lose_by_pclose();
  lose_by_closedir();
  lose_by_mq_close();
  lose_a_duplicate();
  replace_by_others();
  fresh_stream("kept-stream");
}

static int lost_and_killed(void) {
  lose_all();
  return die();
}

static int lost_and_replaced(void) {
  lose_all();
  execl("/bin/true", "true", NULL);
  return 1;
}

SCENARIOS(
  {"made", made}, {"made-and-killed", made_and_killed}, {"made-with-privilege", made_with_privilege},
  {"lost-and-killed", lost_and_killed}, {"lost-and-replaced", lost_and_replaced})
