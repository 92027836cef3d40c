// Pitfall: a thread that should have been a daemon keeps the process from ending.
// RUN: --exit-timeout 200ms
// EXIT: 23
// FINDING: stalled-exit
// FINDING: stalled-exit thread="heartbeat" level=error
// OUTPUT: heartbeat starts
// OUTPUT: main ends
import Glibc
import Straggler

let isStarted = Event()

func heartbeat() {
  print("heartbeat starts")
  isStarted.set()
  sleep(for: .seconds(2))
  print("heartbeat ends, long after main")
}

@main
enum Program {
  static func main() throws {
    let thread = Thread(name: "heartbeat", body: heartbeat)
    try thread.start()
    isStarted.wait()
    print("main ends")
    // Who ends a stalled process ends it before it writes its buffers out.
    fflush(nil)
  }
}
