"""The fixtures of which Helgrind and Straggler do not say the same, each with the reason."""

_KILLED = (
  "The program never ends by itself: Helgrind waits with it, and says nothing of a process that is killed. We watch "
  "the exit from outside")
_FILTERED = (
  "Helgrind makes system calls that the program's filter does not list: the filter ends the process before a word is said. "
  "We make none there; the threads are stopped from outside")
_FUTEX = (
  "Helgrind knows pthread locks only. The lock is a priority-inheriting futex word, taken by a system call: "
  "the word names its owner, and the kernel has a waiter for it")

_SUPPRESSED = (
  "Both see it. The program itself says that this one is known (straggler_default_suppressions), so that it does not count")

EXPLAINED = {
  "C/abandoned-file-lock.c":
    "Helgrind knows pthread locks only. The kernel keeps flock's, and nobody else gets it while the process lives.",
  "C/abandoned-in-flush.c":
    "Helgrind knows pthread locks only; a stream's lock is libc's own. We read its owner in the stream: the threads stand "
    "inside fflush and fclose of full pipes.",
  "C/abandoned-in-sandbox.c": f"{_FILTERED}.",
  "C/abandoned-in-stream-read.c":
    "Helgrind knows pthread locks only; a stream's lock is libc's own. We read its owner in the stream: each thread stands "
    "inside a read from an empty pipe.",
  "C/abandoned-in-stream-write.c":
    "Helgrind knows pthread locks only; a stream's lock is libc's own. We read its owner in the stream: the thread "
    "stands inside fwrite to a full pipe.",
  "C/annotated.c":
    "The program's own lock, known by our annotation alone; Helgrind was not told of it.",
  "C/deadlocked-by-join.c": f"{_FUTEX}.",
  "C/deadlocked-exit-by-futex.c": f"{_KILLED}: main joins a thread that waits for a futex word which main owns.",
  "C/deadlocked-exit-by-file-lock.c": f"{_KILLED}: main waits for a file's lock whose holder waits for a mutex of main's.",
  "C/deadlocked-exit-by-once.c":
    f"{_KILLED}: main waits for a once-routine, and the thread that runs it for a lock of main's.",
  "C/deadlocked-exit.c": f"{_KILLED}: main waits for a lock whose holder waits for one of main's.",
  "C/deadlocked-with-itself.c": f"{_KILLED}: main locks what it has locked.",
  "C/exit-waits-for-other-process.c":
    "Helgrind knows pthread locks only. Main has a part of the file locked when it leaves, by fcntl.",
  "C/file-lock-kept-by-duplicate.c":
    "Helgrind knows pthread locks only. The kernel keeps flock's as long as a duplicate of its descriptor is open.",
  "C/file-locks-at-kill.c":
    f"{_KILLED}; and it knows pthread locks only. flock's lock stays with the duplicate until the kill.",
  "C/file-locks-of-two-kinds.c":
    "Helgrind knows pthread locks only. The kernel keeps one of the two kinds for each file: /proc/locks lists them.",
  "C/held-longer-than-those-before.c":
    "Helgrind knows pthread locks only: it counts the mutex. The file's lock is the kernel's.",
  "C/cannot-be-stopped.c":
    "Both see the lock. The child of vfork, which ends with its parent, goes on under Valgrind, which makes a fork of it.",
  "C/file-locks-by-every-call.c":
    "Helgrind knows pthread locks only, and the program comes to no end there within the time limit.",
  "C/forked-and-waiting.c":
    "The parent has no thread at its end that holds the lock, and of the child, which goes on, Helgrind says nothing. There "
    "the lock is locked for ever: the thread that held it at the fork exists in the parent only, and the child waits.",
  "C/forked-twice-with-lock-held.c":
    f"{_KILLED}: each child of the child waits at its exit for a lock that a thread of the first process had. Both see the thread that "
    "ended with a lock in its hand.",
  "C/forked-within-lock.c":
    "Both see what the children take through exit. Helgrind says so of the child that ends by _exit as well: there nothing runs any more that "
    "could want the locks, which are the parent's affair.",
  "C/freed-lock-taken-anew.c":
    "Both find one thread with one lock, and mean another one: Helgrind thinks that the memory which was freed is still the first "
    "thread's lock (Misc).",
  "C/forked-with-every-kind-held.c":
    f"{_KILLED}: each child waits at its exit for a lock that a thread of its parent held at the fork.",
  "C/forked-with-lock-held.c":
    f"{_KILLED}: the child waits at its exit for a lock that a thread of its parent held at the fork.",
  "C/lock-left-without-main.c":
    "Helgrind's assertion ends the program where another thread joins the main thread after its pthread_exit. Alone, and under "
    "us, the program gets on: its writer is cut off inside the lock.",
  "C/once-after-the-record.c":
    "Helgrind knows pthread locks only; a stream's lock is libc's own. A thread has it by flockfile when main leaves, and gives "
    "it back while the exit waits for it.",
  "C/locks-past-the-recorder.c":
    "Helgrind is in every copy of libc. The plugin's calls lead to libc past us (RTLD_DEEPBIND, dlmopen), and the report says so.",
  "C/more-locks-than-room.c":
    "A thread's record has room for 57 locks; the report counts the 43 besides.",
  "C/partly-unlocked-file.c":
    "Helgrind knows pthread locks only. The kernel still keeps a range of each file for the thread: /proc/locks lists both.",
  "C/recovered-robust-mutex.c":
    "Helgrind does not know robust mutexes: EOWNERDEAD is an error to it, and the new owner's unlock one of a foreign "
    "lock. The mutex was made consistent and given back: nobody holds it.",
  "C/left-under-filter-unseen.c":
    "Helgrind makes system calls that the program's filter does not list: the filter ends the process before a word is said. "
    "We make none on the thread's way out. Nothing is held.",
  "C/outliving-child-that-waits.c":
    "The parent has no thread at its end that holds the lock, and of the child, which goes on, Helgrind says nothing. There the lock is "
    "locked for ever.",
  "C/released-in-sandbox.c": f"{_FILTERED}: nothing is held.",
  "C/stalled-by-file-lock.c":
    f"{_KILLED}; and it knows pthread locks only: the file's lock is the kernel's.",
  "C/semaphore-as-lock.c":
    "Helgrind takes no semaphore for a lock. This one was made with one token by another thread than its taker, as "
    "CPython's locks are; we call it a warning, not an error.",
  "C/stalled-by-loader.c":
    f"{_KILLED}: the exit needs the loader's own lock, which a thread keeps inside a library's constructor.",
  "C/stalled-by-pipe.c": f"{_KILLED}: an exit handler reads a pipe that nobody writes to. No lock is left.",
  "C/stalled-exit.c": f"{_KILLED}: what main waits for is a thread, not a lock.",
  "C/suppressed-by-itself.c": f"{_SUPPRESSED}.",
  "C/suppressed-in-part.c": f"{_SUPPRESSED}; the other thread's lock does.",
  "C/unlocked-by-another.c":
    "Helgrind leaves the lock with the thread that took it and reports the unlock as an error of its own. The mutex is "
    "free: the next thread takes it at once, so nothing was left locked.",
  "C/unnamed-lock-given-back-by-another.c":
    "Helgrind leaves the locks with the thread that took them and reports the unlock by another as an error of its own (UnlockForeign). They "
    "were given back, and the second thread has them now.",
  "C/waiting-for-file-locks.c":
    "Helgrind knows pthread locks only, and the program comes to no end there within the time limit.",
  "C/waiting-for-futex.c": f"{_FUTEX}.",
  "C/waiting-for-locks.c":
    "Both see the thread's four pthread locks. Helgrind knows no others: the fifth is a stream's.",
  "C/waiting-for-stream.c":
    "Helgrind knows pthread locks only; a stream's lock is libc's own. The thread has it by flockfile, and another one waits "
    "for it inside fprintf.",
  "C/waiting-outside.c":
    "Helgrind knows pthread locks only. The thread has the file's flock, for which another one waits.",
}
