// The guide's second program: main needs the daemon's result and joins it, for at most 5 s.
// RUN: --fail-on note
// CLEAN:
// NO-FINDING: abandoned-thread
// OUTPUT: Important daemon thread starting.
// OUTPUT: Main program reached a point where it needs the daemon's result.
// OUTPUT: Important daemon thread completed crucial phase.
// OUTPUT: Main program proceeding after daemon thread joined.
import Straggler

let mainHasLogged = Event()
let daemonHasLogged = Event()

func importantBackgroundTask() {
  print("Important daemon thread starting.")
  daemonHasLogged.set()
  sleep(for: .milliseconds(300))
  mainHasLogged.wait()
  print("Important daemon thread completed crucial phase.")
}

@main
enum Program {
  static func main() throws {
    let daemon = Thread(daemon: true, body: importantBackgroundTask)
    try daemon.start()
    daemonHasLogged.wait()
    sleep(for: .milliseconds(100))
    print("Main program reached a point where it needs the daemon's result.")
    mainHasLogged.set()
    _ = try daemon.join(timeout: .seconds(5))
    print("Main program proceeding after daemon thread joined.")
  }
}
