// Whether a process uses Synchronization.Mutex, whose locks are inlined.

import StragglerModel
import StragglerSymbols
import Testing

@Suite struct SwiftMutexTests {
  private static let mutex = "Mutex(0); state.withLock { $0 += 1 }"
  private static let atomic = "Atomic(0); state.add(1, ordering: .relaxed)"

  private func runtimes(_ use: String, _ options: String, after command: String) throws -> Set<LinkedRuntime> {
    let source = """
      // Swift
      import Synchronization
      let state = \(use)
      probe_modules()
      """
    let program = try ObservedProgram(
      source, "swiftc \(options) -import-objc-header probe.h main.swift probe.o -o program", after: command)
    defer { program.remove() }
    return Symbolizer(modules: program.modules).runtimes()
  }

  @Test(arguments: ["-Onone", "-O", "-O -static-stdlib"]) func aStrippedFileStillSaysThatItHasOne(options: String)
    throws
  {
    #expect(try runtimes(Self.mutex, options, after: "strip program") == [.swiftMutex])
  }

  @Test(arguments: ["-Onone", "-O", "-O -static-stdlib"]) func whoUsesTheModulesAtomicsHasNone(options: String) throws {
    #expect(try runtimes(Self.atomic, options, after: "strip program").isEmpty)
  }

  @Test func ofAFileThatIsGoneNobodyKnows() throws {
    #expect(try runtimes(Self.atomic, "-Onone", after: "rm program") == [.swiftMutex])
  }
}
