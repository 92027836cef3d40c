// Pitfall: the daemon is abandoned holding a lock.
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="updater" resource="prices" level=error kind=mutex function=update
// OUTPUT: updater holds the lock
// OUTPUT: main ends
import Straggler

let prices = Mutex<[String: Int]>([:], name: "prices")
let isInside = Event()

func update() {
  prices.withLock { prices in
    prices["tea"] = 3
    print("updater holds the lock")
    isInside.set()
    sleep(for: .seconds(100))
  }
}

@main
enum Program {
  static func main() throws {
    let updater = Thread(name: "updater", daemon: true, body: update)
    try updater.start()
    isInside.wait()
    print("main ends")
  }
}
