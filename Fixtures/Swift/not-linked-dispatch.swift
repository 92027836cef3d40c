// A program that knows nothing of Straggler: a block on one of Dispatch's threads is inside an NSLock when main returns. A thread of
// Foundation's without a name is called as the process is, by Foundation itself.
// BUILD: swiftc -g -swift-version 6 -parse-as-library %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock level=error kind=mutex function=Journal.append line=18
// FINDING: abandoned-lock function="closure #1 in static Program.main()" line=33
// FINDING: abandoned-thread level=note thread="not-linked-disp" function=poll
// NO-FINDING: unjoined-thread
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

func poll(_ isPolling: DispatchSemaphore) {
  isPolling.signal()
  while true { pause() }
}

@main
enum Program {
  static func main() {
    let journal = Journal()
    DispatchQueue.global().async { journal.append() }
    journal.isInside.wait()
    let isPolling = DispatchSemaphore(value: 0)
    Thread { poll(isPolling) }.start()
    isPolling.wait()
  }
}
