// Plugins that find libc before anybody else take locks and start threads unseen, and the report says so.
// BUILD: cc -g -fPIC -shared -pthread -DPLUGIN %s -o "$(dirname %t)/deepbound.so" && cp "$(dirname %t)/deepbound.so" "$(dirname %t)/namespaced.so" && cc -g -pthread -DFOLDER="\"$(dirname %t)\"" %s -o %t
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: held-at-exit
// UNSEEN: locks that deepbound.so takes: its calls lead to libc past the recorder
// UNSEEN: locks that namespaced.so takes: its calls lead to libc past the recorder
// UNSEEN: what thread "plugin's" (2), thread "plugin's" (3) took before it was first seen
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#ifdef PLUGIN

void run(void);

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "plugin's");
  pthread_mutex_lock(&own);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

void run(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, hold, NULL);
  sem_wait(&ready);
}

#else

static int run_plugin(void *plugin) {
  void (*run)(void) = plugin == NULL ? NULL : (void (*)(void))dlsym(plugin, "run");
  if (run == NULL) return 1;
  run();
  return 0;
}

int main(void) {
  return run_plugin(dlopen(FOLDER "/deepbound.so", RTLD_NOW | RTLD_DEEPBIND)) +
         run_plugin(dlmopen(LM_ID_NEWLM, FOLDER "/namespaced.so", RTLD_NOW));
}

#endif
