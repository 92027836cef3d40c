// What a shape program calls: arm before the lock, park when it is held.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// The next pthread_mutex_lock of this thread is captured. So is the whole walk at that moment, as the truth.
void probe_arm(void);

/// Waits until the process ends. Meanwhile the thread is interrupted, its registers and stack are captured, and
/// everything is printed.
void probe_park(void);

/// Runs `body` in a second thread; returns when it has parked and everything is printed.
void probe_run(void (*body)(void));

/// Keeps the compiler from merging, dropping or tail-calling what stands around it.
#define probe_keep() __asm__ volatile("" ::: "memory")

/// Keeps what `pointer` points to in memory, and in the frame.
#define probe_use(pointer) __asm__ volatile("" ::"r"(pointer) : "memory")

/// A function that stays one.
#define PROBE_KEPT __attribute__((noinline))

#ifdef __cplusplus
}
#endif
