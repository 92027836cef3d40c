// A program that knows nothing of Straggler: a thread of Foundation's is inside an NSLock when main returns.
// BUILD: swiftc -g -swift-version 6 -parse-as-library %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock level=error kind=mutex function=Journal.append line=14
import Dispatch
import Foundation

final class Journal: Sendable {
  private let lock = NSLock()
  let isInside = DispatchSemaphore(value: 0)

  func append() {
    lock.lock()
    isInside.signal()
    while true { pause() }
  }
}

@main
enum Program {
  static func main() {
    let journal = Journal()
    let writer = Thread { journal.append() }
    writer.start()
    journal.isInside.wait()
  }
}
