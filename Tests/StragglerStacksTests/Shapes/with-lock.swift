// NSLock.withLock: a closure runs inside Foundation's frames.
import Foundation

final class Journal {
  private let lock = NSLock()
  private var lines: [String] = []

  @inline(never) func append(_ line: String) {
    probe_arm()
    lock.withLock {
      lines.append(line)
      probe_park()
    }
  }
}

@inline(never) func serve(_ journal: Journal) {
  journal.append("one")
  print(journal)
}

probe_run { serve(Journal()) }
