// Exit waits for a thread that is no daemon, and then calls what was registered for it, the newest first.
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: main returns
// OUTPUT: early callback
// OUTPUT: the thread finishes
// OUTPUT: second exit callback
// OUTPUT: first exit callback
// NO-FINDING: abandoned-user-thread
import Straggler

let isTold = Event()

@main
enum Program {
  static func main() throws {
    try Exit.atExit { print("first exit callback") }
    try Exit.atExit { print("second exit callback") }
    try Exit.atExitEarly {
      print("early callback")
      isTold.set()
    }
    let worker = Thread(name: "worker", daemon: false) {
      isTold.wait()
      print("the thread finishes")
    }
    try worker.start()
    print("main returns")
  }
}
