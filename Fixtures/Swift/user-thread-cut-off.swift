// _exit does not wait for a thread that is no daemon: a warning.
// FINDING: abandoned-user-thread thread="worker" level=warning
// NO-FINDING: abandoned-thread
import Glibc
import Straggler

let isStarted = Event()

@main
enum Program {
  static func main() throws {
    let worker = Thread(name: "worker", daemon: false) {
      isStarted.set()
      Event().wait()
    }
    try worker.start()
    isStarted.wait()
    _exit(0)
  }
}
