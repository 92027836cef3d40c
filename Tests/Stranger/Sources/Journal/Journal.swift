// A journal that a thread writes. It has a leak, as many such libraries have: nobody can stop the thread, and it writes with the
// lock in its hand.
import Foundation

/// Lines that a thread of its own keeps writing.
public final class Journal: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []
  private let written = DispatchSemaphore(value: 0)
  private let stop = DispatchSemaphore(value: 0)
  private let stopped = DispatchSemaphore(value: 0)

  public init() {}

  /// Starts the writer, and returns once it writes.
  public func start(_ name: String) {
    let thread = Thread { self.write() }
    thread.start()
    written.wait()
    // Foundation gives a thread its name only once it runs.
    thread.name = name
  }

  private func write() {
    lock.lock()
    lines.append("begin")
    written.signal()
    stop.wait()
    lines.append("end")
    lock.unlock()
    stopped.signal()
  }

  /// Ends the writer, and returns once it has let go.
  public func close() {
    stop.signal()
    stopped.wait()
  }
}
