// Many threads, and that nothing of them is left.

import CStragglerArena
import CStragglerRecorder
import Glibc
import Straggler
import Synchronization
import Testing

@Suite struct RuntimeStressTests {
  @Test func `A hundred thousand threads that are joined leave neither slots nor memory nor descriptors`() async throws
  {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try makeThreads(5_000)
      let (before, descriptors, threads) = (residentPages(), openDescriptors(), Straggler.Thread.all.count)
      let slots = slotsEverUsed()
      try makeThreads(100_000)
      say("descriptors: \(openDescriptors() - descriptors), threads: \(Straggler.Thread.all.count - threads)")
      // Of a hundred threads at a time: a slot that was kept would show as 100,000 of them.
      say("fewer than 200 slots more: \(slots > 0 && slotsEverUsed() - slots < 200)")
      // A thread that left one page of its stack would show as 100,000 of them. ThreadSanitizer's own memory grows by 9,000, also with
      // plain pthreads (LLVM 21).
      let limit = isUnderThreadSanitizer ? 50_000 : 5_000
      say("grown by a few pages: \(residentPages() - before < limit)")
    }.lines
    #expect(lines == ["descriptors: 0, threads: 0", "fewer than 200 slots more: true", "grown by a few pages: true"])
  }

  @Test func `Work and timers that are cancelled under load are done or cancelled, each of them once`() throws {
    let pool = ThreadPool(limit: 4)
    let done = Atomic<Int>(0)
    let cancelled = Atomic<Int>(0)
    let fired = Atomic<Int>(0)
    let threads = (0..<8).map { number in
      Straggler.Thread {
        for round in 0..<100 {
          let future = try pool.submit { done.add(1, ordering: .relaxed) }
          let timer = Straggler.Timer(after: .microseconds(number * 10), daemon: false) {
            fired.add(1, ordering: .relaxed)
          }
          try timer.start()
          if round % 2 == 0 { sched_yield() }
          timer.cancel()
          if future.cancel() { cancelled.add(1, ordering: .relaxed) } else { _ = try future.wait() }
          try timer.join()
        }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { #expect(try thread.join(timeout: .seconds(120))) }
    pool.shutdown()
    #expect(done.load(ordering: .relaxed) + cancelled.load(ordering: .relaxed) == 800)
    #expect(fired.load(ordering: .relaxed) <= 800)
  }

  @Test func `Joins and waits that time out under load lose no thread and no permit`() throws {
    let (semaphore, condition) = (Semaphore(4), Condition())
    let timedOut = Atomic<Int>(0)
    let threads = (0..<16).map { number in
      Straggler.Thread {
        for round in 0..<200 {
          if semaphore.wait(timeout: .microseconds(number * 10)) {
            if round % 8 == 0 { sched_yield() }
            semaphore.signal()
          } else {
            timedOut.add(1, ordering: .relaxed)
          }
          condition.withLock {
            condition.notify()
            _ = condition.wait(timeout: .microseconds(20))
          }
          let child = Straggler.Thread { sched_yield() }
          try child.start()
          if try !child.join(timeout: .microseconds(number)) { try child.join() }
        }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { #expect(try thread.join(timeout: .seconds(120))) }
    #expect((0..<5).map { _ in semaphore.tryWait() } == [true, true, true, true, false])
  }
}

private func makeThreads(_ count: Int) throws {
  let ran = Atomic<Int>(0)
  var made = 0
  while made < count {
    let threads = (0..<100).map { _ in Straggler.Thread { ran.add(1, ordering: .relaxed) } }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    made += threads.count
  }
  precondition(ran.load(ordering: .relaxed) == made, "a thread did not run")
}

/// The recorder's slots for threads that ever were in use.
private func slotsEverUsed() -> Int {
  var header = StragglerArenaHeader()
  let isCopied = withUnsafeMutableBytes(of: &header) { straggler_audit_arena(0, $0.baseAddress, UInt64($0.count)) }
  return isCopied ? Int(header.regions.1.used) : 0  // STRAGGLER_REGION_THREADS
}

/// The second number of /proc/self/statm, proc(5).
private func residentPages() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, 128, file) != nil else { return 0 }
  let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  return Int(text.split(separator: " ")[1]) ?? 0
}

private func openDescriptors() -> Int {
  guard let folder = opendir("/proc/self/fd") else { return 0 }
  defer { closedir(folder) }
  var count = 0
  while readdir(folder) != nil { count += 1 }
  return count
}
