// Memory of pthread locks that know their owner (glibc keeps the kernel's id of it), so that a forked child can take them over.
#ifndef STRAGGLER_OWNED_LOCKS_H
#define STRAGGLER_OWNED_LOCKS_H

#ifdef __cplusplus
extern "C" {
#endif

/// Memory for a pthread_mutex_t and a pthread_rwlock_t, still to be initialized; never NULL. What the forking thread holds of
/// these is its child's to give back.
void *straggler_mutex_allocate(void);
void *straggler_rwlock_allocate(void);
void straggler_lock_deallocate(void *lock);

#ifdef __cplusplus
}
#endif

#endif
