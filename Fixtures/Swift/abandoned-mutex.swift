// A daemon is inside the journal's lock when main returns.
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="journal" level=error kind=mutex mode=exclusive function=Journal.append
// FINDING: abandoned-lock line=14
// NO-FINDING: abandoned-thread
import Straggler

enum Journal {
  static let lines = Mutex<[String]>([], name: "journal")
  static let isInside = Event()

  static func append(_ line: String) {
    lines.withLock { lines in
      lines.append(line)
      isInside.set()
      Event().wait()
    }
  }
}

@main
enum Program {
  static func main() throws {
    let writer = Thread(name: "writer", daemon: true) { Journal.append("debit 5") }
    try writer.start()
    Journal.isInside.wait()
  }
}
