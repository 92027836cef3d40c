// The guide's first program: exit waits for the user thread and not for the daemon.
// RUN: --fail-on warning
// CLEAN:
// FINDING: abandoned-thread thread="DaemonExample" level=note
// OUTPUT: Daemon thread starting work.
// OUTPUT: Non-daemon thread starting work.
// OUTPUT: Non-daemon thread finishing work.
// OUTPUT: Main program ending. Daemon thread will be terminated.
import Straggler

let daemonHasLogged = Event()
let userHasLogged = Event()

func backgroundTask() {
  print("Daemon thread starting work.")
  daemonHasLogged.set()
  sleep(for: .seconds(5))
  print("Daemon thread finishing work.")
}

func mainTask() {
  print("Non-daemon thread starting work.")
  sleep(for: .milliseconds(200))
  print("Non-daemon thread finishing work.")
  userHasLogged.set()
}

@main
enum Program {
  static func main() throws {
    let daemon = Thread(name: "DaemonExample", daemon: true, body: backgroundTask)
    try daemon.start()
    daemonHasLogged.wait()
    let user = Thread(name: "NonDaemonExample", body: mainTask)
    try user.start()
    sleep(for: .milliseconds(210))
    // The order is the guide's also where 10 ms are too few.
    userHasLogged.wait()
    print("Main program ending. Daemon thread will be terminated.")
  }
}
