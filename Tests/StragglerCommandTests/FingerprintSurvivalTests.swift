// Fingerprints stay what they are when a program is built again: elsewhere, with lines moved, at other addresses.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct FingerprintSurvivalTests {
  /// One way of building a program that is the same program.
  struct Build {
    var folder: String
    var above = ""
    var flags: [String] = []
    /// What it is started with.
    var launcher: [String] = []
  }

  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Programs"

  /// Builds a program in a folder of its own, and runs it.
  private func findings(_ source: String, _ compiler: [String], _ build: Build) throws -> [Finding] {
    let folder = "\(TestPrograms.freshPath("checkout"))/\(build.folder)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = try String(contentsOfFile: "\(Self.sources)/\(source)", encoding: .utf8)
    let copy = "\(folder)/\(source)"
    let changed = text.replacing(#/(/\* ABOVE \*/|// ABOVE)\n/#, with: build.above + "\n")
    try changed.write(toFile: copy, atomically: true, encoding: .utf8)
    let program = "\(folder)/program"
    let built = try runProgram("/usr/bin/env", compiler + build.flags + [copy, "-o", program])
    try #require(built.end == .status(0), "\(built.errorOutput)")
    let json = "\(folder)/report.json"
    _ = try runProgram(
      TestPrograms.straggler, ["run", "--report", "json=\(json)", "--"] + build.launcher + [program])
    return try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: json)))).findings
  }

  private func identities(_ findings: [Finding]) -> [String] {
    findings.map { "\($0.rule.rawValue) \($0.resource?.name ?? "-") \($0.fingerprint)" }.sorted()
  }

  private static let moreLines = """
    /* moved
       by
       some lines */
    """

  @Test func aProgramInCKeepsItsFingerprints() throws {
    let compiler = ["cc", "-g", "-pthread"]
    let first = try findings("rebuilt.c", compiler, Build(folder: "app"))
    #expect(first.count == 5, "\(identities(first))")
    #expect(Set(first.map(\.fingerprint)).count == first.count, "\(identities(first))")
    let another = """
      \(Self.moreLines)
      int more(int n) { return n * 3; }
      static char room[70000];
      char *its(void) { return room; }
      """
    for build in [
      Build(folder: "app"), Build(folder: "elsewhere/deeper/app"), Build(folder: "app", above: another),
      Build(folder: "app", flags: ["-no-pie"]), Build(folder: "app", launcher: ["setarch", "-R"]),
      Build(folder: "app", flags: ["-fdebug-prefix-map=/=/somewhere/"]),
      Build(folder: "app", flags: ["-Wl,--build-id=none"]),
    ] {
      let again = try findings("rebuilt.c", compiler, build)
      #expect(identities(again) == identities(first), "\(build)")
    }
  }

  @Test func aProgramInCMovesItsLinesAndAddresses() throws {
    let compiler = ["cc", "-g", "-pthread"]
    let first = try findings("rebuilt.c", compiler, Build(folder: "app"))
    let moved = try findings("rebuilt.c", compiler, Build(folder: "other", above: Self.moreLines, flags: ["-no-pie"]))
    let places = { (findings: [Finding]) in findings.compactMap { $0.acquired?.frames.first } }
    #expect(places(first).map(\.line) != places(moved).map(\.line))
    #expect(places(first).map(\.file) != places(moved).map(\.file))
    #expect(places(first).map(\.address) != places(moved).map(\.address))
  }

  @Test func aProgramInSwiftKeepsItsFingerprints() throws {
    let compiler = ["swiftc", "-g", "-parse-as-library", "-module-name", "app"]
    let first = try findings("rebuilt.swift", compiler, Build(folder: "app"))
    #expect(first.count { $0.rule == .abandonedLock } == 2, "\(identities(first))")
    #expect(Set(first.map(\.fingerprint)).count == first.count, "\(identities(first))")
    let another = "\(Self.moreLines)\nfunc more(_ n: Int) -> Int { n * 3 }\nlet unused = { (n: Int) in more(n) }"
    let build = Build(folder: "elsewhere/deeper/app", above: another, launcher: ["setarch", "-R"])
    let again = try findings("rebuilt.swift", compiler, build)
    #expect(identities(again) == identities(first))
  }

  /// Another mistake is another one, though it stands beside.
  @Test func aMistakeThatIsAddedIsNew() throws {
    let compiler = ["cc", "-g", "-pthread"]
    let first = try findings("rebuilt.c", compiler, Build(folder: "app"))
    let added = """
      #define take(lock) take_first(lock)
      static void take_first(pthread_mutex_t *lock);
      """
    let renamed = try findings("rebuilt.c", compiler, Build(folder: "app", above: added))
    #expect(Set(identities(renamed)) != Set(identities(first)))
  }
}
