// Every kind of lock, waited for in every way that there is: what a thread waits for, and that it has it afterwards.
#include "scenario.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <threads.h>

/// A lock on a file that another process has until it is told to end.
typedef struct FileLock {
  int file;
  pid_t keeper;
  int end;
} FileLock;

typedef union Lock {
  pthread_mutex_t mutex;
  mtx_t c11_mutex;
  pthread_rwlock_t read_write;
  pthread_spinlock_t spin;
  sem_t semaphore;
  FILE *stream;
  FileLock file;
} Lock;

/// A time that does not come while a test runs.
static struct timespec late(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_sec += 1000;
  return time;
}

#define TIMED(function, lock) ({ struct timespec time = late(CLOCK_REALTIME); function(lock, &time); })
#define CLOCKED(function, lock) \
  ({ struct timespec time = late(CLOCK_MONOTONIC); function(lock, CLOCK_MONOTONIC, &time); })

// MARK: - How each is made and had, waited for, and given back

static void make_mutex_of(Lock *lock, int type, int protocol, int robustness) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutexattr_setprotocol(&attributes, protocol);
  pthread_mutexattr_setrobust(&attributes, robustness);
  require(pthread_mutex_init(&lock->mutex, &attributes) == 0);
}

static void have_mutex_of(Lock *lock, int type, int protocol, int robustness) {
  make_mutex_of(lock, type, protocol, robustness);
  require(pthread_mutex_lock(&lock->mutex) == 0);
}

static void have_mutex(Lock *lock) {
  have_mutex_of(lock, PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
}
static void have_recursive(Lock *lock) {
  have_mutex_of(lock, PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
}
static void have_inheriting(Lock *lock) {
  have_mutex_of(lock, PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
}
static void have_robust(Lock *lock) {
  have_mutex_of(lock, PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
}
static void have_robust_inheriting(Lock *lock) {
  have_mutex_of(lock, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST);
}
static int lock_mutex(Lock *lock) { return pthread_mutex_lock(&lock->mutex); }
static int lock_mutex_timed(Lock *lock) { return TIMED(pthread_mutex_timedlock, &lock->mutex); }
static int lock_mutex_clocked(Lock *lock) { return CLOCKED(pthread_mutex_clocklock, &lock->mutex); }
static int give_mutex(Lock *lock) { return pthread_mutex_unlock(&lock->mutex); }

static void have_c11_mutex(Lock *lock) {
  require(mtx_init(&lock->c11_mutex, mtx_timed) == thrd_success && mtx_lock(&lock->c11_mutex) == thrd_success);
}
static int lock_c11_mutex(Lock *lock) { return mtx_lock(&lock->c11_mutex); }
static int lock_c11_mutex_timed(Lock *lock) { return TIMED(mtx_timedlock, &lock->c11_mutex); }
static int give_c11_mutex(Lock *lock) { return mtx_unlock(&lock->c11_mutex); }

static void have_write_side(Lock *lock) {
  require(pthread_rwlock_init(&lock->read_write, NULL) == 0 && pthread_rwlock_wrlock(&lock->read_write) == 0);
}
static void have_read_side(Lock *lock) {
  require(pthread_rwlock_init(&lock->read_write, NULL) == 0 && pthread_rwlock_rdlock(&lock->read_write) == 0);
}
static int read_lock(Lock *lock) { return pthread_rwlock_rdlock(&lock->read_write); }
static int read_lock_timed(Lock *lock) { return TIMED(pthread_rwlock_timedrdlock, &lock->read_write); }
static int read_lock_clocked(Lock *lock) { return CLOCKED(pthread_rwlock_clockrdlock, &lock->read_write); }
static int write_lock(Lock *lock) { return pthread_rwlock_wrlock(&lock->read_write); }
static int write_lock_timed(Lock *lock) { return TIMED(pthread_rwlock_timedwrlock, &lock->read_write); }
static int write_lock_clocked(Lock *lock) { return CLOCKED(pthread_rwlock_clockwrlock, &lock->read_write); }
static int give_side(Lock *lock) { return pthread_rwlock_unlock(&lock->read_write); }

// A semaphore is a lock for others than its maker.
static void have_token(Lock *lock) {
  require(sem_init(&lock->semaphore, 0, 1) == 0 && sem_wait(&lock->semaphore) == 0);
}
static int take_token(Lock *lock) { return sem_wait(&lock->semaphore); }
static int try_token(Lock *lock) { return sem_trywait(&lock->semaphore); }
static int take_token_timed(Lock *lock) { return TIMED(sem_timedwait, &lock->semaphore); }
static int take_token_clocked(Lock *lock) { return CLOCKED(sem_clockwait, &lock->semaphore); }
static int give_token(Lock *lock) { return sem_post(&lock->semaphore); }

static void have_spin_lock(Lock *lock) {
  require(pthread_spin_init(&lock->spin, PTHREAD_PROCESS_PRIVATE) == 0 && pthread_spin_lock(&lock->spin) == 0);
}
static int lock_spin_lock(Lock *lock) { return pthread_spin_lock(&lock->spin); }
static int give_spin_lock(Lock *lock) { return pthread_spin_unlock(&lock->spin); }

static void have_stream(Lock *lock) {
  lock->stream = tmpfile();
  require(lock->stream != NULL);
  flockfile(lock->stream);
}
static int lock_stream(Lock *lock) {
  flockfile(lock->stream);
  return 0;
}
static int give_stream(Lock *lock) {
  funlockfile(lock->stream);
  return 0;
}

static int flock_alone(int file) { return flock(file, LOCK_EX); }
static int flock_shared(int file) { return flock(file, LOCK_SH); }
static int lockf_whole(int file) { return lockf(file, F_LOCK, 0); }
static int lockf64_whole(int file) { return lockf64(file, F_LOCK, 0); }

static int fcntl_whole(int file, int command, short type) {
  struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
  return fcntl(file, command, &whole);
}

static int fcntl64_whole(int file) {
  struct flock64 whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl64(file, F_SETLKW, &whole);
}

static int fcntl_alone(int file) { return fcntl_whole(file, F_SETLKW, F_WRLCK); }
static int fcntl_shared(int file) { return fcntl_whole(file, F_SETLKW, F_RDLCK); }
static int open_file_alone(int file) { return fcntl_whole(file, F_OFD_SETLKW, F_WRLCK); }

static void have_file_by(Lock *lock, int (*take)(int)) {
  char path[] = "/tmp/straggler-lock-XXXXXX", own[64], byte;
  int taken[2], end[2];
  lock->file.file = mkstemp(path);
  require(lock->file.file >= 0 && unlink(path) == 0 && pipe(taken) == 0 && pipe(end) == 0);
  lock->file.end = end[1];
  lock->file.keeper = fork();
  require(lock->file.keeper >= 0);
  if (lock->file.keeper == 0) {
    snprintf(own, sizeof own, "/proc/self/fd/%d", lock->file.file);
    require(take(open(own, O_RDWR)) == 0 && write(taken[1], "", 1) == 1);
    close(end[1]);
    _exit(read(end[0], &byte, 1) >= 0 ? 0 : 1);
  }
  require(read(taken[0], &byte, 1) == 1);
}

static void have_flock(Lock *lock) { have_file_by(lock, flock_alone); }
static void have_fcntl(Lock *lock) { have_file_by(lock, fcntl_alone); }
static int take_by_flock(Lock *lock) { return flock_alone(lock->file.file); }
static int take_by_flock_shared(Lock *lock) { return flock_shared(lock->file.file); }
static int take_by_lockf(Lock *lock) { return lockf_whole(lock->file.file); }
static int take_by_lockf64(Lock *lock) { return lockf64_whole(lock->file.file); }
static int take_by_fcntl(Lock *lock) { return fcntl_alone(lock->file.file); }
static int take_by_fcntl_shared(Lock *lock) { return fcntl_shared(lock->file.file); }
static int take_by_fcntl64(Lock *lock) { return fcntl64_whole(lock->file.file); }
static int take_by_open_file(Lock *lock) { return open_file_alone(lock->file.file); }

static int give_file(Lock *lock) {
  require(write(lock->file.end, "", 1) == 1);
  return waitpid(lock->file.keeper, NULL, 0) == lock->file.keeper ? 0 : -1;
}

/// Where a waiter is seen to stand.
typedef enum Stand { ON_THE_LOCK, ON_THE_STREAM, SPINNING, IN_FLOCK, IN_FCNTL } Stand;

typedef struct Case {
  const char *name;  // the lock's, and its waiter's
  void (*have)(Lock *);
  int (*take)(Lock *);
  int (*give)(Lock *);
  Stand stand;
} Case;

static const Case cases[] = {
  {"mutex-lock", have_mutex, lock_mutex, give_mutex},
  {"mutex-timed", have_mutex, lock_mutex_timed, give_mutex},
  {"mutex-clock", have_mutex, lock_mutex_clocked, give_mutex},
  {"recursive-timed", have_recursive, lock_mutex_timed, give_mutex},
  {"inherit-timed", have_inheriting, lock_mutex_timed, give_mutex},
  {"c11-lock", have_c11_mutex, lock_c11_mutex, give_c11_mutex},
  {"c11-timed", have_c11_mutex, lock_c11_mutex_timed, give_c11_mutex},
  {"read-lock", have_write_side, read_lock, give_side},
  {"read-timed", have_write_side, read_lock_timed, give_side},
  {"read-clock", have_write_side, read_lock_clocked, give_side},
  {"write-lock", have_read_side, write_lock, give_side},
  {"write-timed", have_read_side, write_lock_timed, give_side},
  {"write-clock", have_write_side, write_lock_clocked, give_side},
  {"token-wait", have_token, take_token, give_token},
  {"token-timed", have_token, take_token_timed, give_token},
  {"token-clock", have_token, take_token_clocked, give_token},
  {"spin-lock", have_spin_lock, lock_spin_lock, give_spin_lock, SPINNING},
  {"stream-lock", have_stream, lock_stream, give_stream, ON_THE_STREAM},
  {"flock", have_flock, take_by_flock, give_file, IN_FLOCK},
  {"flock-shared", have_flock, take_by_flock_shared, give_file, IN_FLOCK},
  {"lockf", have_fcntl, take_by_lockf, give_file, IN_FCNTL},
  {"lockf64", have_fcntl, take_by_lockf64, give_file, IN_FCNTL},
  {"fcntl", have_fcntl, take_by_fcntl, give_file, IN_FCNTL},
  {"fcntl-shared", have_fcntl, take_by_fcntl_shared, give_file, IN_FCNTL},
  {"fcntl64", have_fcntl, take_by_fcntl64, give_file, IN_FCNTL},
  {"open-file", have_fcntl, take_by_open_file, give_file, IN_FCNTL},
};
enum { CASES = sizeof cases / sizeof *cases };

// MARK: - Waiters

typedef struct Waiter {
  const Case *kind;
  Lock *lock;
  int expected;  // what the call returns
  _Atomic pid_t id;
} Waiter;

/// What the record calls the lock: of a file's, STRAGGLER_FILE_LOCK of StragglerRecorder.h.
static const void *address_of(const Waiter *waiter) {
  switch (waiter->kind->stand) {
    case ON_THE_STREAM: return waiter->lock->stream;
    case IN_FLOCK:
    case IN_FCNTL: return (const void *)(UINT64_C(1) << 63 | (uint32_t)waiter->lock->file.file);
    default: return waiter->lock;
  }
}

static void *wait_and_stand(void *argument) {
  Waiter *waiter = argument;
  pthread_setname_np(pthread_self(), waiter->kind->name);
  waiter->id = gettid();
  require(waiter->kind->take(waiter->lock) == waiter->expected);
  stand();
  return NULL;
}

/// Whether the thread stands in a futex call on a word of this memory (proc(5)).
static bool stands_in(pid_t thread, const void *memory, size_t size) {
  char path[64], text[256] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread);
  FILE *file = fopen(path, "r");
  require(file != NULL);
  if (fgets(text, sizeof text, file) == NULL) text[0] = 0;
  fclose(file);
  int number;
  unsigned long word;
  if (sscanf(text, "%d 0x%lx", &number, &word) != 2) return false;
  return number == IN_FUTEX && word - (unsigned long)memory < size;
}

static void await_waiting(const Waiter *waiter, pthread_t thread) {
  while (waiter->id == 0) sched_yield();
  switch (waiter->kind->stand) {
    case SPINNING: await_spinning(thread); break;
    case IN_FLOCK: await_system_call(waiter->id, SYS_flock); break;
    case IN_FCNTL: await_system_call(waiter->id, SYS_fcntl); break;
    case ON_THE_STREAM:
      while (!stands_in(waiter->id, waiter->lock->stream->_lock, 16)) sched_yield();
      break;
    case ON_THE_LOCK:
      while (!stands_in(waiter->id, waiter->lock, sizeof *waiter->lock)) sched_yield();
      break;
  }
}

static Lock locks[CASES];
static Waiter waiters[CASES];

static int waiting(void) {
  for (int index = 0; index < CASES; index++) {
    cases[index].have(&locks[index]);
    waiters[index] = (Waiter){.kind = &cases[index], .lock = &locks[index]};
    tell(cases[index].name, address_of(&waiters[index]));
    await_waiting(&waiters[index], start(wait_and_stand, &waiters[index]));
  }
  return 0;
}

static int waited(void) {
  waiting();
  for (int index = 0; index < CASES; index++) require(cases[index].give(&locks[index]) == 0);
  await_standing(CASES);
  return 0;
}

// MARK: - Whose owner dies meanwhile

static const Case robust_cases[] = {
  {"robust-lock", have_robust, lock_mutex, give_mutex},
  {"robust-timed", have_robust, lock_mutex_timed, give_mutex},
  {"robust-clock", have_robust, lock_mutex_clocked, give_mutex},
  {"inherit-lock", have_robust_inheriting, lock_mutex, give_mutex},
  {"inherit-timed", have_robust_inheriting, lock_mutex_timed, give_mutex},
  {"inherit-clock", have_robust_inheriting, lock_mutex_clocked, give_mutex},
};
enum { ROBUST_CASES = sizeof robust_cases / sizeof *robust_cases };
static sem_t end;

static void *have_robust_ones_and_end(void *unused) {
  for (int index = 0; index < ROBUST_CASES; index++) robust_cases[index].have(&locks[index]);
  sem_post(&standing);
  while (sem_wait(&end) != 0) continue;
  return unused;
}

static int owner_died_meanwhile(void) {
  pthread_t owner = start(have_robust_ones_and_end, NULL);
  await_standing(1);
  for (int index = 0; index < ROBUST_CASES; index++) {
    waiters[index] = (Waiter){.kind = &robust_cases[index], .lock = &locks[index], .expected = EOWNERDEAD};
    tell(robust_cases[index].name, &locks[index]);
    await_waiting(&waiters[index], start(wait_and_stand, &waiters[index]));
  }
  sem_post(&end);
  join(owner);
  await_standing(ROBUST_CASES);
  return 0;
}

// MARK: - Semaphores, and who has their token

static const Case token_cases[] = {
  {"token-wait", NULL, take_token, NULL},
  {"token-try", NULL, try_token, NULL},
  {"token-timed", NULL, take_token_timed, NULL},
  {"token-clock", NULL, take_token_clocked, NULL},
};
enum { TOKEN_CASES = sizeof token_cases / sizeof *token_cases };

static void *take_tokens(void *name) {
  pthread_setname_np(pthread_self(), name);
  for (int index = 0; index < TOKEN_CASES; index++) require(token_cases[index].take(&locks[index]) == 0);
  stand();
  return NULL;
}

static int tokens_taken(void) {
  for (int index = 0; index < TOKEN_CASES; index++) {
    require(sem_init(&locks[index].semaphore, 0, 1) == 0);
    tell(token_cases[index].name, &locks[index]);
  }
  start(take_tokens, "taker");
  await_standing(1);
  return 0;
}

static int tokens_gone(void) {
  tokens_taken();
  require(sem_post(&locks[0].semaphore) == 0);
  require(sem_destroy(&locks[1].semaphore) == 0);
  require(sem_init(&locks[2].semaphore, 0, 1) == 0);
  // No lock any more, whoever waits for it: its value says so.
  require(sem_init(&locks[3].semaphore, 0, 0) == 0);
  return 0;
}

// MARK: - Streams, whose locks are recursive

static int streams_held(void) {
  FILE *tried = tmpfile(), *twice = tmpfile(), *thrice = tmpfile(), *released = tmpfile();
  require(tried != NULL && twice != NULL && thrice != NULL && released != NULL);
  tell("tried", tried);
  tell("twice", twice);
  tell("thrice", thrice);
  tell("released", released);
  require(ftrylockfile(tried) == 0);
  flockfile(twice);
  flockfile(twice);
  funlockfile(twice);
  flockfile(thrice);
  require(ftrylockfile(thrice) == 0);
  flockfile(thrice);
  flockfile(released);
  require(ftrylockfile(released) == 0);
  funlockfile(released);
  funlockfile(released);
  return 0;
}

/// Opens the file anew: a lock of its own.
static int open_anew(int file) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  int again = open(path, O_RDWR);
  require(again >= 0);
  return again;
}

/// A process that takes the file's flock and keeps it until `end` is closed; or leaves it to a child of its own, and is gone.
static pid_t keep_flock(int file, bool passes_on, const int end[2]) {
  pid_t taker = fork();
  if (taker != 0) return taker;
  char byte;
  require(flock(open_anew(file), LOCK_EX) == 0);
  if (passes_on && fork() != 0) _exit(0);
  close(end[1]);
  require(read(end[0], &byte, 1) == 0);
  _exit(0);
}

static _Atomic pid_t flock_waiters[2];

static void *wait_for_flock(void *file) {
  bool passed_on = *(int *)file % 2 != 0;
  pthread_setname_np(pthread_self(), passed_on ? "for-one-passed" : "for-one-kept");
  int again = open_anew(*(int *)file);
  flock_waiters[passed_on] = gettid();
  flock(again, LOCK_EX);
  return NULL;
}

/// Whose flock it is the kernel says by who took it.
static int flock_passed_on(void) {
  enum { KEPT = 20, PASSED_ON = 21 };
  static int files[2] = {KEPT, PASSED_ON};
  int end[2];
  require(pipe(end) == 0);
  for (int index = 0; index < 2; index++) require(dup2(memfd_create("locked", 0), files[index]) == files[index]);
  pid_t keeper = keep_flock(KEPT, false, end);
  require(waitpid(keep_flock(PASSED_ON, true, end), NULL, 0) > 0);
  for (int again = -1, taken = 0; taken == 0; close(again)) taken = flock(again = open_anew(KEPT), LOCK_EX | LOCK_NB);
  tell("keeper", (void *)(uintptr_t)keeper);
  for (int index = 0; index < 2; index++) {
    start(wait_for_flock, &files[index]);
    while (flock_waiters[index] == 0) sched_yield();
    await_system_call(flock_waiters[index], SYS_flock);
  }
  return 0;
}

static _Atomic int pausing;

static void *pause_for_ever(void *unused) {
  pausing++;
  for (;;) pause();
  return unused;
}

/// An exec looks at each thread, and for one of them into the folder of the process that it waits for.
static int flock_waited_for_at_exec(void) {
  enum { KEPT = 20, OTHERS = 40 };
  static int file = KEPT;
  int end[2];
  require(pipe(end) == 0);
  require(dup2(memfd_create("locked", 0), KEPT) == KEPT);
  keep_flock(KEPT, false, end);
  for (int again = -1, taken = 0; taken == 0; close(again)) taken = flock(again = open_anew(KEPT), LOCK_EX | LOCK_NB);
  start(wait_for_flock, &file);
  while (flock_waiters[0] == 0) sched_yield();
  await_system_call(flock_waiters[0], SYS_flock);
  for (int index = 0; index < OTHERS; index++) start(pause_for_ever, NULL);
  while (pausing < OTHERS) sched_yield();
  execl("/bin/true", "true", NULL);
  return 1;
}

SCENARIOS(
  {"waiting", waiting}, {"waited", waited}, {"owner-died-meanwhile", owner_died_meanwhile},
  {"tokens-taken", tokens_taken}, {"tokens-gone", tokens_gone}, {"streams-held", streams_held},
  {"flock-passed-on", flock_passed_on},
  {"flock-waited-for-at-exec", flock_waited_for_at_exec})
