// Pitfall: a running thread cannot become a daemon any more: that is an error, and nothing changes.
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: refused: the thread is running
// OUTPUT: daemon: False
// OUTPUT: the thread finishes
import Straggler

let mayEnd = Event()

@main
enum Program {
  static func main() throws {
    let thread = Thread(name: "worker") {
      mayEnd.wait()
      print("the thread finishes")
    }
    try thread.start()
    do {
      try thread.setDaemon(true)
    } catch {
      guard case .active(name: "worker") = error else { throw error }
      print("refused: the thread is running")
    }
    // As Python prints it.
    print("daemon: \(thread.daemon ? "True" : "False")")
    mayEnd.set()
  }
}
