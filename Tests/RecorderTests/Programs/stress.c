// Everything that is recorded, by eight threads at once: for sanitizers, and for what only a crowd shows.
#include "scenario.h"

#include <fcntl.h>
#include <sys/wait.h>

enum { WORKERS = 8 };

static int rounds = 1000;

static pthread_mutex_t mutexes[4] = {
  PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_spinlock_t spinlock;
static int shared;

static void *change_shared(void *unused) {
  pthread_mutex_lock(&mutexes[0]);
  shared += 1;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutexes[0]);
  return unused;
}

static void use_locks(int round) {
  struct timespec time = past();
  for (int index = 0; index < 4; index++) pthread_mutex_lock(&mutexes[index]);
  shared += round;
  for (int index = 0; index < 4; index++) pthread_mutex_unlock(&mutexes[(index + round) % 4]);
  if (round % 4 == 0) pthread_rwlock_wrlock(&rwlock);
  else pthread_rwlock_rdlock(&rwlock);
  pthread_rwlock_unlock(&rwlock);
  pthread_spin_lock(&spinlock);
  pthread_spin_unlock(&spinlock);
  pthread_mutex_lock(&mutexes[0]);
  pthread_cond_timedwait(&condition, &mutexes[0], &time);
  pthread_mutex_unlock(&mutexes[0]);
}

static void use_threads(int round) {
  pthread_t thread = start(change_shared, NULL);
  pthread_setname_np(thread, "short-lived");
  if (round % 2) join(thread);
  else pthread_detach(thread);
}

static void use_files(void) {
  int descriptor = open("/dev/null", O_WRONLY);
  require(descriptor >= 0 && write(descriptor, "x", 1) == 1);
  FILE *stream = fdopen(descriptor, "w");
  require(stream != NULL && fprintf(stream, "%d", descriptor) > 0 && fflush(stream) == 0 && fclose(stream) == 0);
}

static void *work(void *unused) {
  for (int round = 0; round < rounds; round++) {
    use_locks(round);
    use_threads(round);
    use_files();
  }
  return unused;
}

static void *stand_with_lock(void *lock) {
  pthread_setname_np(pthread_self(), "holder");
  pthread_mutex_lock(lock);
  stand();
  return NULL;
}

int main(int argument_count, char **arguments) {
  if (argument_count > 1) rounds = atoi(arguments[1]);
  static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
  pthread_t workers[WORKERS];
  sem_init(&standing, 0, 0);
  pthread_spin_init(&spinlock, 0);
  tell("held", &held);
  start(stand_with_lock, &held);
  await_standing(1);
  for (int index = 0; index < WORKERS; index++) workers[index] = start(work, NULL);
  for (int index = 0; index < WORKERS; index++) join(workers[index]);
  pid_t child = fork();
  if (child == 0) exit(5);
  int status;
  require(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 5);
  return 0;
}
