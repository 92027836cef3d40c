// A task is suspended inside its critical section when main returns: no thread is in it, and still it is half done.
// EXIT: 23
// FINDING: abandoned-section
// FINDING: abandoned-section resource="transfer" level=error kind=critical-section
import Straggler

@main
enum Program {
  static func main() async {
    let (isInside, inside) = AsyncStream<Void>.makeStream()
    let (never, keepOpen) = AsyncStream<Void>.makeStream()
    Task {
      await withCriticalSection("transfer") {
        inside.yield()
        for await _ in never {}
      }
    }
    for await _ in isInside { break }
    withExtendedLifetime(keepOpen) {}
  }
}
