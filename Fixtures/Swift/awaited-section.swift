// A daemon is inside a critical section for which the exit waits: it is not cut off in the middle.
// NO-FINDING: abandoned-section
// OUTPUT: debited
// OUTPUT: credited
import Straggler

@main
enum Program {
  static func main() throws {
    let (inside, exiting) = (Event(), Event())
    try Thread(name: "bank", daemon: true) {
      try withCriticalSection("transfer", atExit: .wait(upTo: .seconds(60))) {
        print("debited")
        inside.set()
        exiting.wait()
        print("credited")
      }
      Event().wait()
    }.start()
    try Exit.atExit { exiting.set() }
    inside.wait()
  }
}
