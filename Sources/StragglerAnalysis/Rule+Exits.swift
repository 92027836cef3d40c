// The pages of the rules for an exit that does not end.

extension Rule {
  static let deadlockedExit = Rule(
    id: .deadlockedExit, level: .error,
    summary: "the exiting thread waits, directly or round a circle, for what cannot come",
    harm: "This process would never have ended: a CI job runs into its time limit, a service is killed.",
    advice: "Break the circle: give locks back before joining, and take locks in one order everywhere.",
    page: Page(
      meaning: [
        "The thread that exits waits for a lock or for another thread's end, and what it waits for waits, at the "
          + "end of the chain, for something in the same chain: or for a lock whose owner has ended. No time limit is "
          + "involved, and nobody else could help. It is proven from the record, so no time limit has to pass before "
          + "it is reported; the process is ended.",
        "The waits are listed in order, each with the place where the thread waits and the place where the other "
          + "thread took what is waited for.",
      ],
      example: Example(
        language: "c",
        code: """
          static void stop_worker(void) {        /* atexit(stop_worker) */
            pthread_mutex_lock(&queue_lock);
            stop = true;
            pthread_join(worker, NULL);          /* the worker waits for queue_lock */
            pthread_mutex_unlock(&queue_lock);
          }
          """),
      field: [
        "A tracer's exit held its service lock across the join of a thread that needed it: a deadlock of three "
          + "(Datadog's Python tracer, issue 11622). A database wrapper's destructor waited for an answer from a "
          + "thread that had already ended (sqlitedict issue 46)."
      ],
      mending: [
        "Don't hold a lock while joining. Set the flag under the lock, unlock, then join.",
        "Where two locks are needed, take them in the same order on every path, the paths of exit included.",
      ],
      acceptable: ["Never: such a process does not end."]))

  static let stalledExit = Rule(
    id: .stalledExit, level: .error,
    summary: "the exit took longer than --exit-timeout allows",
    harm: "The process does not end by itself in the time you gave it: it hangs, or is killed with its work half done.",
    advice: "Ask the thread to stop before main returns; or declare it a daemon, if it may be cut off.",
    page: Page(
      meaning: [
        "The exit began and was not over when the time was up. The report names the thread that the exiting "
          + "thread waits for, and where that one stands; or the exiting thread itself, where it waits for nobody in "
          + "particular.",
        "It was ended then. No circle of waits was found: the thread may have been working, sleeping, or waiting "
          + "for the world outside.",
      ],
      example: Example(
        language: "swift",
        code: """
          let poller = Thread(name: "poller") {  // not a daemon: exit waits for it
            while true { poll() }
          }
          try poller.start()
          // main returns, and the process stays
          """),
      field: [
        "A thread is a user thread unless it is declared a daemon: forget it, and the program hangs at its end. "
          + "Telemetry exporters that retry for a minute while exit joins them without a limit kept whole deployments "
          + "from stopping until they were killed (OpenTelemetry's Python SDK, issue 2284)."
      ],
      mending: [
        "Give the thread an event to wait on in place of a plain sleep, set it from an early exit callback or at "
          + "the end of main, and join with a limit.",
        "Replace a blocking call without a limit by one with a limit, or close what it waits on.",
      ],
      acceptable: [
        "The work is known to take that long: give a longer --exit-timeout."
      ]))
}
