// A daemon is inside the cache's lock when main returns. The program itself says that this is known: only the journal counts.
// EXIT: 23
// FINDING: abandoned-lock thread="writer" resource="journal"
// FINDING: abandoned-lock
import Straggler

private let known: StaticString = "abandoned-lock resource=cache reason=\"it is made anew at every start\""

@_cdecl("straggler_default_suppressions")
public func defaultSuppressions() -> UnsafePointer<CChar> {
  UnsafeRawPointer(known.utf8Start).assumingMemoryBound(to: CChar.self)
}

@main
enum Program {
  static func main() throws {
    for (thread, lock) in [("refresher", "cache"), ("writer", "journal")] {
      let mutex = Mutex(0, name: lock)
      let isInside = Event()
      try Thread(name: thread, daemon: true) {
        mutex.withLock { _ in
          isInside.set()
          Event().wait()
        }
      }.start()
      isInside.wait()
    }
  }
}
