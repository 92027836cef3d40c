// `straggler name-place`: what a check of a test asks while the test program goes on.

internal import ArgumentParser
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerSymbols

/// Not for people. Says where a thread acquired something, as `Journal.swift:17:10 in Journal.write()`, and for a lock that is a
/// static object its name before that, in a line of its own. Says nothing where that is not known.
struct NamePlaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "name-place", abstract: "Name the place of an acquisition.", shouldDisplay: false)

  @Argument(help: "The descriptor of the arena.")
  var arenaDescriptor: Int32

  @Argument(help: "The thread's number.")
  var thread: Int

  @Argument(help: "The return address of the acquisition.")
  var address: UInt64

  mutating func run() throws {
    let process = try ArenaReader.read(descriptor: arenaDescriptor, name: "of the test program")
    guard let (acquisition, lock) = process.acquisition(by: thread, at: address) else { return }
    let stacks = ResolvedStacks(modules: process.modules, files: SymbolFiles())
    guard let place = stacks.acquisition(acquisition, stoppedAt: nil).place else { return }
    let name = lock.flatMap { process.lockNames[$0] == nil ? stacks.dataSymbol(containing: $0) : nil } ?? ""
    try StandardStream.output.write("\(name)\n\(place)\n")
  }
}

extension RecordedProcess {
  /// What a thread still has that it acquired there; with it, of a lock, the lock.
  fileprivate func acquisition(by thread: Int, at address: UInt64) -> (CapturedStack, lock: UInt64?)? {
    let holds = threads.first { $0.number == thread }?.holds ?? []
    if let hold = holds.first(where: { $0.acquisition.pc == address }) { return (hold.acquisition, hold.address) }
    let others = sections.filter { $0.thread == thread }.map(\.entered) + files.map(\.opened)
    return others.first { $0.pc == address }.map { ($0, nil) }
  }
}

extension Stack {
  /// The innermost line of the program's own.
  fileprivate var place: String? {
    guard let frame = frames.first(where: { $0.isProgramOwn && $0.file != nil && $0.line != nil }),
      let file = frame.file?.split(separator: "/").last, let line = frame.line
    else { return nil }
    let column = frame.column.map { ":\($0)" } ?? ""
    return "\(file):\(line)\(column)" + (frame.function.map { " in \($0)" } ?? "")
  }
}
