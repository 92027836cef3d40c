// Pitfall: the daemon is abandoned in the middle of a file.
// RUN: --fail-on warning
// EXIT: 23
// FINDING: abandoned-file thread="exporter" resource="export.csv" level=warning kind=file mode=write function=export
// OUTPUT: exporter wrote the first half
// OUTPUT: main ends
import Glibc
import Straggler

let isHalfDone = Event()

func export() {
  let file = open("export.csv", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  precondition(write(file, "tea;3\n", 6) == 6)
  print("exporter wrote the first half")
  isHalfDone.set()
  sleep(for: .seconds(100))
  close(file)
}

@main
enum Program {
  static func main() throws {
    let exporter = Thread(name: "exporter", daemon: true, body: export)
    try exporter.start()
    isHalfDone.wait()
    print("main ends")
  }
}
