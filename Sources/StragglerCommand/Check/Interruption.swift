// `straggler check` that is told to end.

internal import Dispatch
internal import Glibc
internal import StragglerProcesses
internal import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP: the programs run in sessions of their own, so nobody else tells them to end. What was ignored at the
/// start (nohup(1); SIGINT of a shell's job in the background) stays so.
struct Interruption {
  /// The signal's number; 0 where none has come.
  private static let received = Atomic<Int32>(0)
  private let numbers: [Int32]
  private let sources: [any DispatchSourceSignal]

  /// From here on such a signal ends the programs, and lets the queue begin no other; a second one ends this process at once.
  init(of queue: FixtureQueue) {
    numbers = [SIGINT, SIGTERM, SIGHUP].filter { !Self.ignore($0) }
    sources = numbers.map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isFirst = Self.received.exchange(number, ordering: .relaxed) == 0
        if !isFirst { Self.obey(number) }
        Subprocess.endAll()
        queue.stop()
      }
      source.resume()
      return source
    }
  }

  /// Ends this process where a signal has come, as the signal does. To be called when the queue is through.
  func obey() {
    sources.forEach { $0.cancel() }
    for number in numbers { signal(number, SIG_DFL) }
    let number = Self.received.load(ordering: .relaxed)
    if number != 0 { Self.obey(number) }
  }

  /// Ignores the signal, as a source of Dispatch asks for. Whether it was ignored before.
  private static func ignore(_ number: Int32) -> Bool {
    unsafeBitCast(signal(number, SIG_IGN), to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func obey(_ number: Int32) {
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
}
