// The pages of the rules for critical sections and files.

extension Rule {
  static let abandonedSection = Rule(
    id: .abandonedSection, level: .error,
    summary: "a thread that was cut off, or a task, was inside a critical section",
    harm: "A critical section is work that must be done whole or not at all: this one was done in part.",
    advice: "Finish such work before main returns: join its thread or await its task, and don't do it in a daemon.",
    page: Page(
      meaning: [
        "The program marked a stretch of work as one that must not be cut off, and the process ended inside it. "
          + "The thread was abandoned there, or ended there without leaving the section; or a task had entered it and "
          + "never came to its end."
      ],
      example: Example(
        language: "swift",
        code: """
          let clerk = Thread(name: "clerk", daemon: true) {
            withCriticalSection("transfer") {
              debit(from, amount)
              credit(to, amount)               // never reached when main returns first
            }
          }
          try clerk.start()
          """),
      field: [
        "A row written by half that no reader can decode (persist-queue issue 58: the writer was ended in the "
          + "middle of it); a transfer debited and never credited. Nothing prints a word when it happens; it is found "
          + "by whoever reads the data next."
      ],
      mending: [
        "Work that needs to be completed does not belong in a daemon. Use a thread that exit waits for, or an "
          + "event that asks the daemon to stop, looked at outside the section, and a join.",
        "Where the machine itself may fail, write so that a half-made change can be told: a journal, a temporary "
          + "file and a rename, a database transaction.",
      ],
      acceptable: ["The work can be repeated without harm, and is: then it is not critical, and needs no section."]))

  static let abandonedFile = Rule(
    id: .abandonedFile, level: .warning,
    levelNote: "error if this way out loses buffered bytes or cuts a write off; note if the file is read-only, "
      + "is no regular file, had its last bytes written by the exit itself, or was only being renamed or synced",
    summary: "a thread that was cut off had a file open",
    harm: "What the thread still meant to write is missing: the file may end in the middle of a record.",
    advice: "Close the file in the thread that writes it, and join that thread before main returns.",
    page: Page(
      meaning: [
        "The thread that opened the file, or the one that was writing to it, was abandoned. The kernel closes the "
          + "file, so the descriptor does not leak; but nobody has said that the file is complete.",
        "It is an error when bytes are lost for certain: the thread stood inside a write, or the process ended in "
          + "a way that does not flush stdio (_exit, quick_exit, exec, a signal) while the stream's buffer was not "
          + "empty. A return from main, or exit(), flushes every stream, whoever wrote to it: then the bytes are "
          + "there and a note says so.",
        "A truncation that was cut off counts as a write, also one by the file's path. A rename or a sync of another "
          + "thread's file that was under way is a note: it is done whole or not at all, but what relies on it may not "
          + "have happened.",
        "A file that main opened and a daemon writes is found where the daemon stood inside a write to it, or was "
          + "the last to fill the buffer that is lost.",
      ],
      example: Example(
        language: "c",
        code: """
          static void *logger(void *unused) {
            FILE *log = fopen("app.log", "w");
            for (;;) fprintf(log, "%s\\n", next_message());
          }

          int main(void) {
            pthread_t thread;
            pthread_create(&thread, NULL, logger, NULL);
            work();
            _exit(0);                          /* what stdio has buffered is gone */
          }
          """),
      field: [
        "The last training metrics were missing from TensorBoard's event files, because the daemon that wrote "
          + "them was cut off (PyTorch issue 24234). A thousand messages were sent, and the consumer saw none, "
          + "because the sender's thread had not come to them when main ended (kafka-python issue 524)."
      ],
      mending: [
        "Send the writer an end-of-input, let it write what is left, flush and close, and join it.",
        "End the process by returning from main or by exit(), not by _exit.",
      ],
      acceptable: ["Nobody reads the file after this process, or it is a log whose tail may be missing."]))
}
