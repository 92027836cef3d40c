// A plugin that takes and gives back its host's locks.
#include <pthread.h>

void plugin_lock(pthread_mutex_t *mutex);
void plugin_unlock(pthread_mutex_t *mutex);

void plugin_lock(pthread_mutex_t *mutex) { pthread_mutex_lock(mutex); }
void plugin_unlock(pthread_mutex_t *mutex) { pthread_mutex_unlock(mutex); }
