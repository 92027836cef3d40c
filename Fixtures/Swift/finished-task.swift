// Tracked tasks that main waits for, and one that was cancelled: nothing is left of them.
// CLEAN:
// NO-FINDING: abandoned-section
import Straggler

@main
enum Program {
  static func main() async throws {
    let (never, keepOpen) = AsyncStream<Void>.makeStream()
    let uploader = Task.tracked(name: "uploader") { await withCriticalSection("transfer") { await Task.yield() } }
    let ticker = Task.tracked(name: "ticker") { for await _ in never {} }
    ticker.cancel()
    _ = try await (uploader.value, ticker.value)
    withExtendedLifetime(keepOpen) {}
  }
}
