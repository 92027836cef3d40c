// Foundation's own lock, in a program that only links the recorder: abandoned like any other.
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" level=error kind=mutex function=append line=12
import class Foundation.NSLock
import Straggler

let journal = NSLock()
let isInside = Event()

func append() {
  journal.lock()
  isInside.set()
  Event().wait()
}

@main
enum Program {
  static func main() throws {
    let writer = Thread(name: "writer", daemon: true) { append() }
    try writer.start()
    isInside.wait()
  }
}
