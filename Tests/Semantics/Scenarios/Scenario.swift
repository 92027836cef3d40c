// What the scenarios share: each says what its Python counterpart of the same name prints.

import Glibc
import Straggler

typealias Scenario = @Sendable () throws -> Void

/// Writes a line to standard output at once, as Python's print does: words apart, truth values capitalised.
func say(_ words: Any...) {
  var text = words.map { ($0 as? Bool).map { $0 ? "True" : "False" } ?? "\($0)" }.joined(separator: " ") + "\n"
  text.withUTF8 { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

/// Says whether `body` fails with an error whose description has these words.
func sayError(_ words: String, _ body: () throws -> Void) {
  do { try body() } catch { say("\(error)".contains(words)) }
}

/// Runs `body` in a thread of the runtime and waits for its end.
func inThread(name: String? = nil, daemon: Bool? = nil, _ body: @escaping Thread.Body) throws {
  let thread = Thread(name: name, daemon: daemon, body: body)
  try thread.start()
  try thread.join()
}

/// Starts a thread that the runtime knows nothing of.
func startForeign(_ body: @escaping () -> Void) {
  final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { context in
      guard let context else { return nil }
      Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(Work(body)).toOpaque())
  pthread_detach(thread)
}

/// Starts a thread that waits until `stop` is set.
func waitingThread(_ stop: Event, daemon: Bool = false) throws -> Thread {
  let thread = Thread(daemon: daemon) { stop.wait() }
  try thread.start()
  return thread
}

struct Broken: Error {}

@main
enum Semantics {
  /// By the ids of the table in docs/semantics.md.
  static let scenarios: [String: Scenario] = [
    creationScenarios, joinScenarios, currentScenarios, errorScenarios, exitScenarios, statusScenarios, lockScenarios,
    forkScenarios,
  ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("two scenarios have one name") } }

  static func main() throws {
    let name = CommandLine.arguments.dropFirst().first ?? ""
    guard let scenario = scenarios[name] else {
      say(scenarios.keys.sorted().joined(separator: "\n"))
      return
    }
    try scenario()
  }
}
