// The names that programs call libc's functions by.

/// `write`, where libc's symbol table or its debug information says `__libc_write` or `__GI___libc_write`. A name that has none
/// (`__libc_start_main`, `__run_exit_handlers`) stays whole: without its beginning it would be nobody's.
func publicName(_ name: String) -> String {
  guard name.hasPrefix("_") else { return name }
  var bare = name[...]
  for mark in ["_", "GI", "_", "libc_", "IO_", "new_"] {
    bare = mark == "_" ? bare.drop { $0 == "_" } : bare.hasPrefix(mark) ? bare.dropFirst(mark.count) : bare
  }
  return publicFunctions.contains(String(bare)) ? String(bare) : name
}

/// What threads stand in: calls that wait, read, write, lock or allocate.
private let publicFunctions: Set<String> = [
  "accept", "accept4", "aio_suspend", "calloc", "clock_nanosleep", "clone", "clone3", "close", "connect",
  "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_pwait", "epoll_pwait2", "epoll_wait", "fallocate",
  "fclose", "fcntl", "fcntl64", "fdatasync", "fflush", "fgetc", "fgets", "flock", "fopen", "fopen64", "fork",
  "fprintf", "fputc", "fputs", "fread", "free", "fscanf", "fseek", "fsync", "ftruncate", "fwrite", "getaddrinfo",
  "getc", "getchar", "getdelim", "getline", "getrandom", "ioctl", "kill", "lseek", "lseek64", "madvise", "malloc",
  "memalign", "mmap", "mprotect", "mq_receive", "mq_send", "mq_timedreceive", "mq_timedsend", "msgrcv", "msgsnd",
  "msync", "munmap", "nanosleep", "open", "open64", "openat", "openat64", "pause", "pclose", "poll", "popen",
  "posix_memalign", "posix_spawn", "ppoll", "pread", "pread64", "preadv", "preadv2", "preadv64", "printf",
  "pselect", "pthread_barrier_wait", "pthread_clockjoin_np", "pthread_cond_broadcast", "pthread_cond_clockwait",
  "pthread_cond_signal", "pthread_cond_timedwait", "pthread_cond_wait", "pthread_create", "pthread_exit",
  "pthread_join", "pthread_kill", "pthread_mutex_clocklock", "pthread_mutex_lock", "pthread_mutex_timedlock",
  "pthread_mutex_trylock", "pthread_mutex_unlock", "pthread_once", "pthread_rwlock_clockrdlock",
  "pthread_rwlock_clockwrlock", "pthread_rwlock_rdlock", "pthread_rwlock_timedrdlock", "pthread_rwlock_timedwrlock",
  "pthread_rwlock_tryrdlock", "pthread_rwlock_trywrlock", "pthread_rwlock_unlock", "pthread_rwlock_wrlock",
  "pthread_spin_lock", "pthread_spin_trylock", "pthread_spin_unlock", "pthread_timedjoin_np", "pthread_tryjoin_np",
  "putc", "putchar", "puts", "pwrite", "pwrite64", "pwritev", "pwritev2", "pwritev64", "read", "readv", "realloc",
  "recv", "recvfrom", "recvmmsg", "recvmsg", "rename", "renameat", "renameat2", "scanf", "sched_yield", "select",
  "sem_clockwait", "sem_post", "sem_timedwait", "sem_trywait", "sem_wait", "semop", "semtimedop", "send",
  "sendfile", "sendfile64", "sendmmsg", "sendmsg", "sendto", "sigsuspend", "sigtimedwait", "sigwait", "sigwaitinfo",
  "sleep", "splice", "sync", "syncfs", "syscall", "system", "tcdrain", "tee", "thrd_join", "thrd_sleep", "truncate",
  "ungetc", "usleep", "vfork", "vfprintf", "vmsplice", "vprintf", "wait", "wait3", "wait4", "waitid", "waitpid",
  "write", "writev",
]
