// Of a process that is killed the kernel cannot be asked afterwards what is locked: what is closed has to say it. flock's lock
// stays with a duplicate of its descriptor (flock(2)); fcntl's and lockf's goes with the first descriptor of the file that is
// closed, whichever that is (fcntl(2), F_SETLK).
// BUILD: cc -g -pthread %s -o %t
// EXIT: 137
// FINDING: abandoned-lock count=3
// FINDING: abandoned-lock thread="writer" resource="kept" kind=file-lock mode=exclusive function=lock_file line=35
// FINDING: abandoned-lock thread="writer" resource="kept-beside" kind=file-lock mode=exclusive function=lock_file line=35
// FINDING: abandoned-lock thread="writer" resource="under-used-number" kind=file-lock mode=exclusive function=lock_file line=35
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int lock_by_fcntl(int file) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(file, F_SETLK, &whole);
}

static int unlock_by_fcntl(int file) {
  struct flock whole = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
  return fcntl(file, F_SETLK, &whole);
}

static int lock_by_flock(int file) { return flock(file, LOCK_EX); }
static int lock_by_lockf(int file) { return lockf(file, F_LOCK, 0); }
static int open_file(const char *path) { return open(path, O_CREAT | O_RDWR, 0600); }

static int lock_file(const char *path, int (*lock)(int)) {
  int file = open_file(path);
  if (lock(file) != 0) abort();
  return file;
}

static void lock_files(void) {
  int used = lock_file("of-used-number", lock_by_fcntl);
  if (close(used) != 0 || lock_file("under-used-number", lock_by_fcntl) != used) abort();
  close(open_file("of-used-number"));

  int first = lock_file("kept", lock_by_flock);
  if (dup(first) < 0 || close(first) != 0) abort();
  close(open_file("kept"));

  int locked = lock_file("by-locked", lock_by_fcntl);
  if (dup(locked) < 0 || close(locked) != 0) abort();
  close(dup(lock_file("by-duplicate", lock_by_lockf)));
  lock_file("by-other", lock_by_fcntl);
  close(open_file("by-other"));
  lock_file("by-stream", lock_by_lockf);
  fclose(fopen("by-stream", "r"));
  lock_file("unlocked", lock_by_fcntl);
  unlock_by_fcntl(open_file("unlocked"));

  lock_file("by-link", lock_by_fcntl);
  if (link("by-link", "its-other-name") != 0) abort();
  close(open_file("its-other-name"));

  lock_file("kept-beside", lock_by_fcntl);
  close(open_file("another"));
}

static void *write_files(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  lock_files();
  kill(getpid(), SIGKILL);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, write_files, NULL);
  pthread_join(thread, NULL);
  return 0;
}
