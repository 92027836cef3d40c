// Workers hold a lock again and again, and are stopped: one by the program, the other by the exit. Nothing is left of them.
// CLEAN:
// NO-FINDING: abandoned-thread
import Straggler

let journal = Mutex(0, name: "journal")

func tick(until stop: StopSignal) {
  repeat { journal.withLock { $0 += 1 } } while !stop.wait(timeout: .milliseconds(1))
}

@main
enum Program {
  static func main() throws {
    let first = try Worker(name: "first") { tick(until: $0) }
    _ = try Worker(name: "second") { tick(until: $0) }
    try first.stop()
  }
}
