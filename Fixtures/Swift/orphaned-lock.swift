// A thread ended between lock and unlock, and was joined: nobody can take that lock again.
// EXIT: 23
// FINDING: orphaned-lock
// FINDING: orphaned-lock thread="importer" resource="catalogue" level=error kind=mutex
// NO-FINDING: abandoned-lock
import Straggler

struct NoSuchFile: Error {}

let catalogue = Lock(name: "catalogue")

func importAll() throws {
  catalogue.lock()
  try open("prices.csv")
  catalogue.unlock()
}

func open(_ name: String) throws { throw NoSuchFile() }

@main
enum Program {
  static func main() throws {
    let importer = Thread(name: "importer") { try? importAll() }
    try importer.start()
    try importer.join()
  }
}
