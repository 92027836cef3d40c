// `straggler run` of a program in Rust, whose library makes its threads.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite struct RustProgramTests {
  private static let hasCompiler =
    (try? runProgram("/usr/bin/env", ["rustc", "--version"]).end) == .status(0)
  private static let source =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Programs/rust-threads.rs"

  @Test(.enabled(if: Self.hasCompiler, "rustc is not installed"))
  func threadsOfItsLibraryAreNamedByThemselvesOrByWhatTheyRun() throws {
    let program = TestPrograms.freshPath("rust-threads")
    let built = try runProgram("/usr/bin/env", ["rustc", "-g", "--edition", "2021", Self.source, "-o", program])
    try #require(built.end == .status(0), "\(built.errorOutput)")
    let path = TestPrograms.freshPath("rust-threads.json")
    #expect(try straggler("run", "--report", "json=\(path)", "--", program).end == .status(23))
    let report = try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(
      Set(report.findings.map(\.message)) == [
        "thread \"writer\" was abandoned holding lock \"rust_threads::JOURNAL\"",
        "thread 3 (rust_threads::main::{{closure}}) was abandoned holding lock \"rust_threads::LEDGER\"",
      ])
    #expect(report.findings.allSatisfy { $0.rule == .abandonedLock && $0.acquired?.frames.first?.line == 19 })
    #expect(report.findings.allSatisfy { $0.acquired?.frames.first?.function == "rust_threads::append" })
  }
}
