// Daemons are inside a recursive lock, a condition's lock and both sides of read-write locks when main returns.
// EXIT: 23
// FINDING: abandoned-lock count=4
// FINDING: abandoned-lock thread="walker" resource="tree" level=error kind=recursive-mutex
// FINDING: abandoned-lock thread="consumer" resource="queue" level=error kind=mutex
// FINDING: abandoned-lock thread="reader" resource="catalogue" level=error kind=read-write-lock mode=shared
// FINDING: abandoned-lock thread="writer" resource="index" level=error kind=read-write-lock mode=exclusive
// FINDING: abandoned-thread thread="waiter" level=note waiting=condition
import Straggler

let tree = RecursiveLock(name: "tree")
let queue = Condition(name: "queue")
let signals = Condition(name: "signals")
let catalogue = ReadWriteLock(name: "catalogue")
let index = ReadWriteLock(name: "index")
let inside = Semaphore(0)

func park() {
  inside.signal()
  Event().wait()
}

@main
enum Program {
  static func main() throws {
    try Thread(name: "walker", daemon: true) { tree.withLock { tree.withLock { park() } } }.start()
    try Thread(name: "consumer", daemon: true) { queue.withLock { park() } }.start()
    try Thread(name: "reader", daemon: true) { catalogue.withReadLock { park() } }.start()
    try Thread(name: "writer", daemon: true) { index.withWriteLock { park() } }.start()
    // It holds nothing: the condition's lock is given back while it waits.
    try Thread(name: "waiter", daemon: true) {
      signals.withLock {
        inside.signal()
        signals.wait()
      }
    }.start()
    for _ in 0..<5 { inside.wait() }
    signals.withLock {}  // it waits once its lock is free
  }
}
