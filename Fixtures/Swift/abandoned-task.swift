// Two tracked tasks are suspended when main returns, one of them inside a critical section: both are reported by name.
// EXIT: 23
// FINDING: abandoned-section
// FINDING: abandoned-section resource="transfer" level=error message="task \"uploader\" was abandoned"
// FINDING: abandoned-thread level=note message="task \"ticker\" was abandoned, inside no critical section"
import Straggler

@main
enum Program {
  static func main() async {
    let (isInside, inside) = AsyncStream<Void>.makeStream()
    let (never, keepOpen) = AsyncStream<Void>.makeStream()
    let (neverEither, keepOpenToo) = AsyncStream<Void>.makeStream()
    Task.tracked(name: "uploader") {
      await withCriticalSection("transfer") {
        inside.yield()
        for await _ in never {}
      }
    }
    for await _ in isInside { break }
    Task.tracked(name: "ticker") { for await _ in neverEither {} }
    withExtendedLifetime((keepOpen, keepOpenToo)) {}
  }
}
