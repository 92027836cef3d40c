// A daemon has debited one account and not yet credited the other when main returns.
// EXIT: 23
// FINDING: abandoned-section
// FINDING: abandoned-section thread="teller" resource="transfer" level=error kind=critical-section function=transfer
// NO-FINDING: abandoned-lock
import Straggler

let isDebited = Event()

func transfer() {
  withCriticalSection("transfer") {
    isDebited.set()
    Event().wait()
  }
}

@main
enum Program {
  static func main() throws {
    let teller = Thread(name: "teller", daemon: true) { transfer() }
    try teller.start()
    isDebited.wait()
  }
}
