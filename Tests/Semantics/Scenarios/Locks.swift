// Sections G and H: locks, and forked children.

import Glibc
import Straggler

let lockScenarios: [String: Scenario] = [
  "G2": {
    let lock = Lock()
    lock.lock()
    try inThread { lock.unlock() }
    say(lock.tryLock())
  },
  "G3": {
    let lock = Lock()
    lock.lock()
    say(lock.tryLock(), lock.lock(timeout: .milliseconds(10)), lock.isLocked)
  },
  "G7": {
    let lock = Lock()
    lock.lock()
    _ = lock.lock(timeout: .milliseconds(10))
    lock.unlock()
    say(lock.isLocked, lock.lock(timeout: .milliseconds(10)))
  },
  "G8": {
    let lock = RecursiveLock()
    say(lock.tryLock(), lock.tryLock())
    lock.unlock()
    try inThread { say(lock.tryLock()) }
    lock.unlock()
    try inThread { say(lock.tryLock()) }
  },
  "G11": {
    let (lock, recursive) = (Lock(), RecursiveLock())
    try inThread {
      lock.lock()
      recursive.lock()
    }
    say(lock.lock(timeout: .milliseconds(10)), recursive.lock(timeout: .milliseconds(10)))
    lock.unlock()
    say(lock.lock(timeout: .milliseconds(10)))
  },
  "G14": {
    let condition = Condition()
    condition.withLock {
      say(condition.wait(timeout: .milliseconds(10)))
      say(
        condition.wait(timeout: .milliseconds(10), until: { false }),
        condition.wait(timeout: .milliseconds(10), until: { true }))
    }
  },
  "G15": {
    let condition = Condition()
    nonisolated(unsafe) var (waiting, order): (Int, [Int]) = (0, [])
    func spin(until isDone: () -> Bool) {
      while !condition.withLock(isDone) { sleep(for: .milliseconds(1)) }
    }
    for number in 0..<4 {
      try Thread {
        condition.withLock {
          waiting += 1
          condition.wait()
          order.append(number)
        }
      }.start()
      spin { waiting > number }
    }
    for number in 0..<4 {
      condition.withLock { condition.notify() }
      spin { order.count > number }
    }
    say(order.map(String.init).joined(separator: " "))
  },
  "G17": {
    let event = Event()
    say(event.wait(timeout: .zero), event.wait(timeout: .milliseconds(10)), event.wait(timeout: .seconds(-1)))
    event.set()
    say(event.wait(timeout: .zero), event.wait(timeout: .milliseconds(10)), event.wait(timeout: .seconds(-1)))
  },
  "G18": {
    let (event, waiting, woken) = (Event(), Semaphore(0), Semaphore(0))
    let threads = (0..<5).map { _ in
      Thread {
        waiting.signal()
        if event.wait(timeout: .seconds(60)) { woken.signal() }
      }
    }
    for thread in threads { try thread.start() }
    for _ in threads { waiting.wait() }
    sleep(for: .milliseconds(200))
    event.set()
    event.clear()
    for thread in threads { try thread.join() }
    var count = 0
    while woken.tryWait() { count += 1 }
    say(count)
  },
  "G19": {
    let semaphore = Semaphore(2)
    semaphore.wait()
    say(true, semaphore.tryWait(), semaphore.tryWait(), semaphore.wait(timeout: .milliseconds(10)))
    semaphore.signal(2)
    say(semaphore.tryWait(), semaphore.tryWait(), semaphore.tryWait())
  },
  "G20": { sayError("Semaphore released too many times") { try BoundedSemaphore(1).signal() } },
  "G21": { sayError("parties must be > 0") { _ = try Barrier(parties: 0) } },
  "G22": {
    var barrier = try Barrier(parties: 2)
    for _ in 0..<2 {
      do { try barrier.wait(timeout: .milliseconds(10)) } catch BarrierError.broken { say("broken", barrier.isBroken) }
    }
    barrier.reset()
    say(barrier.isBroken, barrier.waiting, barrier.parties)
    barrier = try Barrier(parties: 1) { throw Broken() }
    do { try barrier.wait() } catch is Broken { say("action", barrier.isBroken) }
  },
]

let forkScenarios: [String: Scenario] = [
  "H1": {
    let stop = Event()
    _ = try waitingThread(stop)
    inChild { say(Thread.all.count, Thread.main === Thread.current) }
    stop.set()
  },
  "H2": {
    let stop = Event()
    let other = try waitingThread(stop)
    inChild {
      try? other.join()
      say(other.isAlive)
    }
    stop.set()
  },
  "H3": {
    let (lock, held, stop) = (Lock(), Event(), Event())
    try Thread {
      lock.withLock {
        held.set()
        stop.wait()
      }
    }.start()
    held.wait()
    inChild { say(lock.lock(timeout: .milliseconds(10))) }
    stop.set()
  },
  "H4": {
    try inThread(name: "worker", daemon: true) {
      inChild { say(Thread.main.name, Thread.main.daemon, Thread.main === Thread.current) }
    }
  },
]

/// Runs `body` in a forked child and waits for its end.
private func inChild(_ body: () -> Void) {
  let child = fork()
  if child == 0 {
    body()
    _exit(0)
  }
  waitpid(child, nil, 0)
}
