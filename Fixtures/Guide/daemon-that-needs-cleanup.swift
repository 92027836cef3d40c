// Pitfall: what a daemon would do at its end, it does not do when it is abandoned.
// RUN: --fail-on warning
// EXIT: 23
// FINDING: abandoned-file thread="session" resource="session.lock" level=warning kind=file
// FINDING: abandoned-file
// OUTPUT: session opened
// OUTPUT: main ends
import Glibc
import Straggler

let isOpen = Event()

func session() {
  let file = open("session.lock", O_WRONLY | O_CREAT, 0o600)
  defer {
    close(file)
    unlink("session.lock")
    print("session closed")
  }
  print("session opened")
  isOpen.set()
  sleep(for: .seconds(100))
}

@main
enum Program {
  static func main() throws {
    let thread = Thread(name: "session", daemon: true, body: session)
    try thread.start()
    isOpen.wait()
    print("main ends")
  }
}
