// Threads whose stacks are the program's own memory, which is gone before the process is: what was recorded of them is not.
// BUILD: cc -g -O1 -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock thread="by-main" resource="journal" level=error kind=mutex function=keep_and_end
// FINDING: orphaned-lock thread="by-itself" resource="ledger" level=error kind=mutex function=keep_and_unmap
// FINDING: orphaned-lock count=2
// NO-FINDING: abandoned-lock
// NO-FINDING: abandoned-thread
// NO-FINDING: unjoined-thread
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK = 1 << 18 };
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER, ledger = PTHREAD_MUTEX_INITIALIZER;
static atomic_int thread_id;

static void *keep_and_end(void *unused) {
  pthread_setname_np(pthread_self(), "by-main");
  pthread_mutex_lock(&journal);
  thread_id = gettid();
  return unused;
}

/// The kernel must have nothing more to write there, or it ends the process: rseq(2)'s memory is beside the stack.
static void give_up_rseq(void) {
  if (__rseq_size != 0) {
    void *area = (char *)__builtin_thread_pointer() + __rseq_offset;
    if (syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) != 0) abort();
  }
}

static void *keep_and_unmap(void *stack) {
  pthread_setname_np(pthread_self(), "by-itself");
  pthread_mutex_lock(&ledger);
  give_up_rseq();
  thread_id = gettid();
  // munmap(2), then exit(2), with nothing on the stack in between.
  __asm__ volatile("syscall\n\tmov $60, %%eax\n\txor %%edi, %%edi\n\tsyscall"
                   : : "a"(SYS_munmap), "D"(stack), "S"((size_t)STACK) : "rcx", "r11", "memory");
  __builtin_unreachable();
}

/// Runs it detached on memory of ours, and returns that once the kernel has no such thread any more.
static void *run(void *(*routine)(void *)) {
  void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack == MAP_FAILED || pthread_attr_setstack(&attributes, stack, STACK) != 0) abort();
  pthread_t thread;
  thread_id = 0;
  if (pthread_create(&thread, &attributes, routine, stack) != 0) abort();
  while (thread_id == 0 || syscall(SYS_tgkill, getpid(), thread_id, 0) == 0 || errno != ESRCH) sched_yield();
  return stack;
}

int main(void) {
  if (munmap(run(keep_and_end), STACK) != 0) return 1;
  // Last: libc's list of threads still has it, and its memory is gone.
  run(keep_and_unmap);
  return 0;
}
