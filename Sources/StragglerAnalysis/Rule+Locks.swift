// The pages of the rules for locks.

internal import StragglerModel

extension Rule {
  static let abandonedLock = Rule(
    id: .abandonedLock, level: .error,
    levelNote: "warning for a semaphore; note for a file's lock where a signal ended the process",
    summary: "a thread that was cut off by the end of the process held a lock",
    harm: "What the lock protects was cut off half-changed, and exit code that takes the lock waits for ever.",
    advice: "Tell the thread to stop (an event, a flag, a closed queue) and join it before main returns.",
    exception: Exception(
      condition: "the lock is a file's", applies: { $0.resource?.kind == .fileLock },
      words: Words(
        harm: "The kernel unlocks the file, whatever the thread was doing: who locks it next may find it half-changed.",
        advice: "Tell the thread to stop (an event, a flag, a closed queue) and join it before main returns.")),
    page: Page(
      meaning: [
        "When a process ends, its threads are not asked: each is cut off where it stands. A thread that stood "
          + "between taking a lock and giving it back was in the middle of a change that somebody thought worth "
          + "protecting. The change is now half-made, and the lock is locked for good.",
        "Every kind of lock counts: mutexes (recursive, robust and priority-inheriting ones too), the read and "
          + "the write side of read-write locks, spin locks, the lock of a stdio stream, flock and fcntl locks on "
          + "files. A semaphore counts with less weight, because anybody may post it: it is reported as \"last "
          + "taken\", and only if it was made with value 1 by another thread than its taker.",
        "The lock of a file does not outlive the process: the kernel gives it back, and who takes it next may find the "
          + "file half-changed. Many programs lock a file for as long as they run: where a signal ends one of them, "
          + "that is a note only.",
        "A thread that waits for a condition has given its mutex up, and holds nothing.",
      ],
      example: Example(
        language: "c",
        code: """
          static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

          static void *writer(void *unused) {
            for (;;) {
              pthread_mutex_lock(&journal);
              append_record();                 /* the process may end here */
              pthread_mutex_unlock(&journal);
            }
          }

          int main(void) {
            pthread_t thread;
            pthread_create(&thread, NULL, writer, NULL);
            work();
            return 0;                          /* nobody stopped the writer */
          }
          """),
      field: [
        "In Python, a daemon thread that is stopped inside a write to standard output keeps the stream's lock, and the "
          + "interpreter aborts when it flushes the stream at shutdown (CPython issues 86883 and 129536). Test suites "
          + "turned red after every test had passed; servers ended each shutdown with status 134, their real status "
          + "lost.",
        "With shared memory or a file between processes, the next process finds the lock locked and the data torn.",
      ],
      mending: [
        "Make the thread stoppable: let it wait on an event with a timeout in place of a sleep, and leave its "
          + "loop when the event is set. Before main returns, set the event and join the thread. A join with a "
          + "timeout keeps the exit from hanging if the thread does not answer.",
        "If the thread must not be joined, keep what matters out of it: hand the change to a thread that is joined.",
        "Don't reach for _exit: it hides the symptom, and loses what stdio has buffered as well.",
      ],
      acceptable: [
        "The lock protects nothing but memory of this process, no exit handler and no destructor takes it, and "
          + "the thread belongs to a library that offers no way to stop it."
      ]))

  static let orphanedLock = Rule(
    id: .orphanedLock, level: .error, levelNote: "warning for a robust mutex or a semaphore",
    summary: "a thread that ended left a lock locked",
    harm: "Nobody is left who could unlock it: the next thread that takes this lock waits for ever.",
    advice: "Unlock on every way out: use a scoped lock (withLock, lock_guard), or pthread_cleanup_push in C.",
    page: Page(
      meaning: [
        "The thread is gone, joined or not, and the lock that it took still bears its name. A mutex may be "
          + "unlocked by its owner alone, so it stays locked until the process ends.",
        "A robust mutex is less of a problem: its next taker is told that the owner died, and can make the data whole.",
        "The lock of a file is the open file's or the process's, and any other thread may unlock it. It counts only "
          + "where one waits for it.",
      ],
      example: Example(
        language: "c",
        code: """
          static void *worker(void *unused) {
            pthread_mutex_lock(&lock);
            if (nothing_to_do()) return NULL;  /* still locked */
            work();
            pthread_mutex_unlock(&lock);
            return NULL;
          }
          """),
      field: [
        "Early returns, pthread_exit and cancellation are the usual ways out that forget the lock. A thread cancelled "
          + "inside a blocking call leaves every lock that no clean-up handler gives back. It shows much later, as a "
          + "hang in a place that has done nothing wrong, often at exit, when a destructor takes the lock."
      ],
      mending: [
        "Let the lock's scope do the work: withLock in Swift, std::lock_guard in C++, a with statement in Python. "
          + "In C, use one exit from the function, and pthread_cleanup_push where the thread can be cancelled."
      ],
      acceptable: [
        "The lock is meant to be given back by another thread. Then it is a semaphore rather than a mutex: use one."
      ]))

  static let heldAtExit = Rule(
    id: .heldAtExit, level: .note,
    summary: "the thread that called exit held a lock, or was inside a critical section, itself",
    harm: "Exit handlers and destructors run with this lock held: one that takes it waits for ever.",
    advice: "Return from the locked region before calling exit: pass the status up to main.",
    page: Page(
      meaning: [
        "The thread called exit between taking a lock and giving it back. It knew what it was doing, which is why "
          + "this is a note only; but exit handlers, static destructors and library clean-up run on this thread now, "
          + "with the lock held."
      ],
      example: Example(
        language: "c",
        code: """
          void fatal(const char *message) {
            pthread_mutex_lock(&log_lock);
            fprintf(log, "%s\\n", message);
            exit(1);                           /* a handler that logs will hang */
          }
          """),
      field: [
        "The pattern behind many hangs at exit: a lock is held across code that waits for another thread to end, which "
          + "needs the same lock (Datadog's Python tracer, issue 11622: a service lock held across a join)."
      ],
      mending: [
        "Unlock first, or hand the decision to end the process to a place that holds nothing: return an error, "
          + "throw, set a flag that main looks at."
      ],
      acceptable: ["Nothing that runs at exit takes this lock, and its data is not used again."]))
}
