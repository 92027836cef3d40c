// The pages of the rules for threads that held nothing.

extension Rule {
  static let abandonedUserThread = Rule(
    id: .abandonedUserThread, level: .warning,
    summary: "a thread that exit should have waited for was still alive, or main was cut off by another thread's exit",
    harm: "This thread's work counts, the program says so, and it was cut off in the middle.",
    advice: "Join the thread before ending the process, and end it by returning from main rather than by _exit.",
    exception: Exception(
      condition: "the thread is main", applies: { $0.thread?.identity.isMain == true },
      words: Words(
        harm: "It was cut off in the middle of its work: what main had still to do, or to clean up, was not done.",
        advice: "Let the other thread tell main to end (a flag, an event, a status), and leave by returning from main.")
    ),
    page: Page(
      meaning: [
        "A thread was declared to be no daemon: the end of the process should wait for it. It did not, because "
          + "the process ended by _exit, quick_exit, exec or a signal, or because the wait was cut short.",
        "For the main thread: another thread called exit while main was in the middle of its work. A main thread "
          + "that is parked, as in an async Swift program or after pthread_exit, is no finding.",
      ],
      example: Example(
        language: "swift",
        code: """
          let saver = Thread(name: "saver") { save(document) }
          try saver.start()
          _exit(0)                               // exit() would have waited
          """),
      field: [
        "Background jobs that ended by os._exit after a fork lost every error report that a thread was still to send "
          + "(Sentry's Python SDK, issue 473)."
      ],
      mending: [
        "Leave through exit() or main's return, which join such threads. Where _exit is needed (a forked child), "
          + "join them by hand first.",
        "Let worker threads hand a wish to end the process to main, instead of calling exit themselves.",
      ],
      acceptable: ["The process ends because of a fatal error, and to end at once is the point."]))

  static let abandonedThread = Rule(
    id: .abandonedThread, level: .note,
    summary: "a daemon thread was alive at exit and held nothing",
    harm: "It was cut off, and what it had queued or promised is lost; nothing of it was left locked or open.",
    advice: "Nothing, if its work may be lost at any moment; else ask it to stop, and join it.",
    page: Page(
      meaning: [
        "That is what daemon threads are for: the process ended without waiting for it. It had no lock, no open "
          + "file and no critical section at that moment. A thread that the program did not declare counts as one, "
          + "because exit does not wait for plain threads either.",
        "It is worth a look because the next run may catch the same thread at a worse moment.",
      ],
      example: Example(
        language: "c",
        code: """
          int main(void) {
            pthread_t thread;
            pthread_create(&thread, NULL, heartbeat, NULL);
            work();
            return 0;                            /* heartbeat is cut off in its sleep */
          }
          """),
      field: [
        "An analytics sender that needed a millisecond more lost every event of short runs (anton issue 353). "
          + "Queues with undelivered items are the most frequent loss of all."
      ],
      mending: [
        "Use daemons only for work that may be lost: heartbeats, cache refreshes, polling. For the rest, set an "
          + "event, and join with a limit at the end of main."
      ],
      acceptable: ["Idle pool threads, pollers, heartbeats: whatever has nothing to finish."]))

  static let unjoinedThread = Rule(
    id: .unjoinedThread, level: .note,
    summary: "a joinable thread ended and nobody joined it",
    harm: "Its stack and its result stay in memory until the process ends; many of them exhaust it.",
    advice: "Join it, or create it detached (pthread_detach) if nobody needs its end.",
    page: Page(
      meaning: [
        "A thread that can be joined keeps its stack and its result until somebody does. Once is harmless; in a "
          + "program that makes a thread for each request it is a leak that ends with pthread_create failing.",
        "Nobody waited for its end either: that it was over before the process was is luck.",
      ],
      example: Example(
        language: "c",
        code: """
          for (;;) {
            int client = accept(listener, NULL, NULL);
            pthread_t thread;                    /* never joined, never detached */
            pthread_create(&thread, NULL, serve, (void *)(intptr_t)client);
          }
          """),
      field: [
        "Each one costs its stack's address space, 8 MiB by default on Linux: a long-running server fails to "
          + "create threads after some thousand requests, far from the place that forgot to join."
      ],
      mending: ["Call pthread_join where the result is needed, pthread_detach where it is not."],
      acceptable: ["A fixed number of threads, made once, in a program that ends soon after."]))
}
