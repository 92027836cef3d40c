// How a daemon gets its cleanup: an exit callback tells it to end and waits for it.
// RUN: --fail-on note
// CLEAN:
// NO-FINDING: abandoned-file
// NO-FINDING: abandoned-thread
// OUTPUT: session opened
// OUTPUT: main ends
// OUTPUT: session closed
// OUTPUT: exit goes on
import Glibc
import Straggler

let isOpen = Event()
let mayEnd = Event()

func session() {
  let file = open("session.lock", O_WRONLY | O_CREAT, 0o600)
  defer {
    close(file)
    unlink("session.lock")
    print("session closed")
  }
  print("session opened")
  isOpen.set()
  mayEnd.wait()
}

@main
enum Program {
  static func main() throws {
    let thread = Thread(name: "session", daemon: true, body: session)
    try Exit.atExit {
      mayEnd.set()
      _ = try thread.join(timeout: .seconds(2))
      print("exit goes on")
    }
    try thread.start()
    isOpen.wait()
    print("main ends")
  }
}
