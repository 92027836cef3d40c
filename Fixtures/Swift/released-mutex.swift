// A daemon has left the journal's lock, once by an error, and waits for work when main returns.
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: refused: 3 lines
// NO-FINDING: abandoned-lock
// FINDING: abandoned-thread thread="writer" level=note
import Straggler

struct JournalFull: Error {
  var lines: Int
}

let journal = Mutex<[String]>([], name: "journal")
let isIdle = Event()

func append(_ line: String) throws {
  try journal.withLock { lines in
    guard lines.count < 3 else { throw JournalFull(lines: lines.count) }
    lines.append(line)
  }
}

@main
enum Program {
  static func main() throws {
    let writer = Thread(name: "writer", daemon: true) {
      do {
        while true { try append("line") }
      } catch let error as JournalFull {
        print("refused: \(error.lines) lines")
      }
      isIdle.set()
      Event().wait()
    }
    try writer.start()
    isIdle.wait()
  }
}
