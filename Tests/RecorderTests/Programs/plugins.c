// Locks that go between a program and a plugin that was opened so that it finds libc's functions before ours.
#include "scenario.h"

#include <dlfcn.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static void (*plugin_lock)(pthread_mutex_t *), (*plugin_unlock)(pthread_mutex_t *);

static void open_plugin(int mode) {
  tell("mutex", &mutex);
  tell("other", &other);
  void *plugin = dlopen(getenv("PLUGIN"), mode);
  require(plugin != NULL);
  plugin_lock = (void (*)(pthread_mutex_t *))dlsym(plugin, "plugin_lock");
  plugin_unlock = (void (*)(pthread_mutex_t *))dlsym(plugin, "plugin_unlock");
  require(plugin_lock != NULL && plugin_unlock != NULL);
}

static int ordinary(void) {
  open_plugin(RTLD_NOW);
  plugin_lock(&mutex);
  return 0;
}

static int taken_there(void) {
  open_plugin(RTLD_LAZY | RTLD_DEEPBIND);
  plugin_lock(&mutex);
  return 0;
}

static int bound_at_once(void) {
  open_plugin(RTLD_NOW | RTLD_DEEPBIND);
  return 0;
}

static void *exit_after(void *main_thread) {
  require(pthread_join(*(pthread_t *)main_thread, NULL) == 0);
  exit(0);
}

/// What was the process's own id has no memory any more.
static int exited_by_another(void) {
  static pthread_t main_thread;
  open_plugin(RTLD_NOW | RTLD_DEEPBIND);
  main_thread = pthread_self();
  pthread_t thread;
  pthread_create(&thread, NULL, exit_after, &main_thread);
  pthread_exit(NULL);
}

static int given_back_there(void) {
  open_plugin(RTLD_NOW | RTLD_DEEPBIND);
  pthread_mutex_lock(&mutex);
  plugin_unlock(&mutex);
  return 0;
}

static int taken_there_given_back_here(void) {
  open_plugin(RTLD_NOW | RTLD_DEEPBIND);
  pthread_mutex_lock(&other);
  plugin_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return 0;
}

static int taken_again(void) {
  open_plugin(RTLD_NOW | RTLD_DEEPBIND);
  pthread_mutex_lock(&mutex);
  plugin_unlock(&mutex);
  pthread_mutex_lock(&mutex);
  return 0;
}

SCENARIOS(
  {"ordinary", ordinary}, {"taken-there", taken_there}, {"bound-at-once", bound_at_once},
  {"exited-by-another", exited_by_another},
  {"given-back-there", given_back_there}, {"taken-there-given-back-here", taken_there_given_back_here},
  {"taken-again", taken_again})
