// An async main ends on a thread of the pool while the main thread is parked: that is healthy.
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: sum: 4950
// NO-FINDING: abandoned-user-thread
// NO-FINDING: abandoned-section
import Straggler

@main
enum Program {
  static func main() async {
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<100 {
        group.addTask { await add(number) }
      }
      var sum = 0
      for await number in group { sum += number }
      return sum
    }
    print("sum: \(sum)")
  }

  /// A task's section may be left on another thread than it was entered on.
  static func add(_ number: Int) async -> Int {
    await withCriticalSection("add") {
      await Task.yield()
      return number
    }
  }
}
