// The main thread leaves by pthread_exit, and had never asked for its own object: who joins it goes on.
// OUTPUT: main has ended
// CLEAN:
import Glibc
import Straggler

@main
enum Program {
  static func main() throws {
    try Thread(name: "heir", daemon: false) {
      print(try Thread.main.join(timeout: .seconds(20)) ? "main has ended" : "main is alive")
    }.start()
    pthread_exit(nil)
  }
}
