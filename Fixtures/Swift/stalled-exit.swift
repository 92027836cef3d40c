// Exit waits for a thread that is no daemon and never ends; past the limit that is reported and ended.
// RUN: --exit-timeout 1s
// EXIT: 23
// FINDING: stalled-exit
// FINDING: stalled-exit thread="server" level=error
// NO-FINDING: deadlocked-exit
import Straggler

@main
enum Program {
  static func main() throws {
    let server = Thread(name: "server", daemon: false) { Event().wait() }
    try server.start()
  }
}
