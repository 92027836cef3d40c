// Every function that makes another program of the process: one that can, and all of them in vain.
#include "scenario.h"

#include <fcntl.h>
#include <signal.h>

static char *arguments[] = {"true", NULL};
static char *const no_arguments[] = {"absent", NULL};

static int by_execv(void) { return execv("/bin/true", arguments); }
static int by_execve(void) { return execve("/bin/true", arguments, environ); }
static int by_execvp(void) { return execvp("true", arguments); }
static int by_execvpe(void) { return execvpe("true", arguments, environ); }
static int by_execl(void) { return execl("/bin/true", "true", NULL); }
static int by_execlp(void) { return execlp("true", "true", NULL); }
static int by_execle(void) { return execle("/bin/true", "true", NULL, environ); }
static int by_execveat(void) { return execveat(AT_FDCWD, "/bin/true", arguments, environ, 0); }
static int by_fexecve(void) { return fexecve(open("/bin/true", O_RDONLY | O_CLOEXEC), arguments, environ); }

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  pthread_mutex_lock(&m);
  stand();
  return unused;
}

static void failed(int result, int reason) { require(result == -1 && errno == reason); }

/// Goes on, and takes a lock then; nothing but the record says what became of it.
static int in_vain(void) {
  tell("m", &m);
  // In a folder that may not be searched the program would not be absent.
  require(setenv("PATH", "/usr/bin:/bin", 1) == 0);
  failed(execv("/absent", no_arguments), ENOENT);
  failed(execve("/absent", no_arguments, environ), ENOENT);
  failed(execvp("absent-program", no_arguments), ENOENT);
  failed(execvpe("absent-program", no_arguments, environ), ENOENT);
  failed(execl("/absent", "absent", NULL), ENOENT);
  failed(execlp("absent-program", "absent", NULL), ENOENT);
  failed(execle("/absent", "absent", NULL, environ), ENOENT);
  failed(execveat(AT_FDCWD, "/absent", no_arguments, environ, 0), ENOENT);
  failed(fexecve(open("/dev/null", O_RDONLY), no_arguments, environ), EACCES);
  start(hold, NULL);
  await_standing(1);
  kill(getpid(), SIGKILL);
  return 1;
}

SCENARIOS(
  {"execv", by_execv}, {"execve", by_execve}, {"execvp", by_execvp}, {"execvpe", by_execvpe}, {"execl", by_execl},
  {"execlp", by_execlp}, {"execle", by_execle}, {"execveat", by_execveat}, {"fexecve", by_fexecve}, {"in-vain", in_vain})
