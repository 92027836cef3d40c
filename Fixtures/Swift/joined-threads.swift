// Threads that were joined, one with a timeout, leave nothing behind.
// RUN: --fail-on note
// CLEAN:
// OUTPUT: joined in time: true
// NO-FINDING: unjoined-thread
// NO-FINDING: abandoned-thread
import Straggler

@main
enum Program {
  static func main() throws {
    let counter = Mutex(0, name: "counter")
    let threads = (1...8).map { _ in
      Thread(daemon: true) { counter.withLock { $0 += 1 } }
    }
    for thread in threads { try thread.start() }
    for thread in threads.dropLast() { try thread.join() }
    print("joined in time: \(try threads[7].join(timeout: .seconds(30)))")
  }
}
