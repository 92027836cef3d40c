// Pitfall: the daemon is abandoned while a structure that others use is half changed.
// EXIT: 23
// FINDING: abandoned-section
// FINDING: abandoned-section thread="teller" resource="transfer" level=error kind=critical-section function=transfer
// OUTPUT: debited 5
// OUTPUT: main ends
import Straggler

let accounts = Mutex(["savings": 10, "giro": 0], name: "accounts")
let isDebited = Event()

func transfer() {
  withCriticalSection("transfer") {
    accounts.withLock { $0["savings", default: 0] -= 5 }
    print("debited 5")
    isDebited.set()
    sleep(for: .seconds(100))
    accounts.withLock { $0["giro", default: 0] += 5 }
    print("credited 5")
  }
}

@main
enum Program {
  static func main() throws {
    let teller = Thread(name: "teller", daemon: true, body: transfer)
    try teller.start()
    isDebited.wait()
    print("main ends")
  }
}
