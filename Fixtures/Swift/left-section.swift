// A daemon has left its critical sections, nested ones and one that threw, when main returns.
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-section
// FINDING: abandoned-thread thread="teller" level=note
import Straggler

struct AccountClosed: Error {}

let isDone = Event()

func transfer() throws {
  try withCriticalSection("transfer") {
    withCriticalSection("debit") {}
    throw AccountClosed()
  }
}

@main
enum Program {
  static func main() throws {
    let teller = Thread(name: "teller", daemon: true) {
      try? transfer()
      let section = CriticalSection.enter("audit")
      section.leave()
      isDone.set()
      Event().wait()
    }
    try teller.start()
    isDone.wait()
  }
}
