// The guide's third program: an event tells the daemon to end, a short join waits for it, and nothing is abandoned.
// RUN: --fail-on note
// CLEAN:
// NO-FINDING: abandoned-thread
// OUTPUT: Monitored daemon thread starting.
// OUTPUT: Doing a unit of work...
// OUTPUT: Doing a unit of work...
// OUTPUT: Doing a unit of work...
// OUTPUT: Main program signaling daemon to stop.
// OUTPUT: Monitored daemon thread shutting down gracefully.
// OUTPUT: Main program exiting.
import Straggler

let stopSignal = Event()
let threeUnitsDone = Event()

func monitoredBackgroundTask() {
  print("Monitored daemon thread starting.")
  var units = 0
  while !stopSignal.isSet {
    print("Doing a unit of work...")
    units += 1
    if units == 3 { threeUnitsDone.set() }
    // The third unit is the last one, also where main is slow to say so.
    _ = stopSignal.wait(timeout: units < 3 ? .milliseconds(100) : .seconds(60))
  }
  print("Monitored daemon thread shutting down gracefully.")
}

@main
enum Program {
  static func main() throws {
    let daemon = Thread(daemon: true, body: monitoredBackgroundTask)
    try daemon.start()
    threeUnitsDone.wait()
    print("Main program signaling daemon to stop.")
    stopSignal.set()
    _ = try daemon.join(timeout: .seconds(2))
    print("Main program exiting.")
  }
}
