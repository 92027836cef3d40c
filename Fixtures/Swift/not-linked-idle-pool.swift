// A program that knows nothing of Straggler: Dispatch's threads have done all that they had to do, and wait for more when main
// returns.
// BUILD: swiftc -g -swift-version 6 -parse-as-library %s -o %t
// OUTPUT: 32 entries
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
// NO-FINDING: unjoined-thread
import Dispatch
import Foundation

final class Journal: @unchecked Sendable {
  private let lock = NSLock()
  private var entries = 0

  func append() { lock.withLock { entries += 1 } }
  var count: Int { lock.withLock { entries } }
}

@main
enum Program {
  static func main() {
    let journal = Journal()
    let work = DispatchGroup()
    let queue = DispatchQueue(label: "journal")
    for _ in 0..<8 {
      DispatchQueue.global().async(group: work) { journal.append() }
      queue.async(group: work) { journal.append() }
    }
    DispatchQueue.concurrentPerform(iterations: 15) { _ in journal.append() }
    // What Dispatch's own manager thread waits for: a timer.
    work.enter()
    queue.asyncAfter(deadline: .now() + .milliseconds(1)) {
      journal.append()
      work.leave()
    }
    work.wait()
    print("\(journal.count) entries")
  }
}
