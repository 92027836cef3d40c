// A thread gets descriptors in many ways and loses each in another one; when main returns it has none.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-file
// FINDING: abandoned-thread thread="tidy"
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t ready;

static int must(int result) {
  if (result < 0) abort();
  return result;
}

static int fresh(void) { return must(open("tidy.txt", O_RDWR | O_CREAT, 0600)); }

static void *tidy(void *unused) {
  pthread_setname_np(pthread_self(), "tidy");
  must(close(fresh()));
  FILE *stream = fdopen(fresh(), "w");
  if (fputs("half a line", stream) < 0 || fclose(stream) != 0) abort();
  FILE *command = popen("true", "r");
  must(pclose(command));
  DIR *folder = opendir(".");
  must(closedir(folder));
  folder = fdopendir(must(open(".", O_RDONLY | O_DIRECTORY)));
  must(closedir(folder));
  char name[64];
  snprintf(name, sizeof name, "/straggler-%d", getpid());
  mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
  mq_unlink(name);
  must(mq_close(must(queue)));
  // Past every library function.
  must((int)syscall(SYS_close, fresh()));
  // Replaced by a duplicate of what was there before the thread.
  int replaced = fresh();
  must(dup2(0, replaced));
  must(close(replaced));
  int ends[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  must(close_range((unsigned)ends[0], (unsigned)ends[1], 0));
  fresh();
  must(eventfd(0, 0));
  must(dup(0));
  closefrom(3);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, tidy, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
