// Many threads, and that nothing of them is left.

import Glibc
import Straggler
import Synchronization
import Testing

@Suite struct RuntimeStressTests {
  @Test func `A hundred thousand threads that are joined leave neither memory nor descriptors`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try makeThreads(5_000)
      let (before, descriptors, threads) = (residentPages(), openDescriptors(), Straggler.Thread.all.count)
      try makeThreads(100_000)
      say("descriptors: \(openDescriptors() - descriptors), threads: \(Straggler.Thread.all.count - threads)")
      // A thread that left one page of its stack would show as 100,000 of them.
      say("grown by less than 5000 pages: \(residentPages() - before < 5_000)")
    }.lines
    #expect(lines == ["descriptors: 0, threads: 0", "grown by less than 5000 pages: true"])
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
