// The recipes of docs/ci.md: what can run here is run, and each command line of ours in them is one that we take.

internal import ArgumentParser
internal import Foundation
internal import StragglerProcesses
internal import Testing

@testable internal import straggler

@Suite struct RecipeTests {
  private struct Recipe: CustomTestStringConvertible {
    var title: String
    var text: String
    var testDescription: String { title }
  }

  private static let page: String = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return (try? String(contentsOf: root.appendingPathComponent("docs/ci.md"), encoding: .utf8)) ?? ""
  }()

  /// The blocks of code, by the headings that they stand under.
  private static let recipes: [Recipe] = {
    var recipes: [Recipe] = []
    var (title, isInside) = ("", false)
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside.toggle()
        if isInside { recipes.append(Recipe(title: title, text: "")) }
      } else if isInside {
        recipes[recipes.count - 1].text += line + "\n"
      } else if line.hasPrefix("## ") {
        title = String(line.dropFirst(3))
      }
    }
    return recipes
  }()

  /// Ours in a line of a shell's, up to what ends a command there.
  private static func commands(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      guard let start = line.firstRange(of: #/\bstraggler (run|report|check|explain) /#)?.lowerBound else { return nil }
      let end = line[start...].firstRange(of: #/ \|\| | < | > |; |'( }|$)/#)?.lowerBound ?? line.endIndex
      return String(line[start..<end])
    }
  }

  @Test func everySystemHasItsRecipe() {
    #expect(Self.recipes.map(\.title) == ["GitHub Actions", "GitLab", "Jenkins", "Buildkite", "make"])
    #expect(Self.recipes.allSatisfy { !Self.commands(in: $0.text).isEmpty })
  }

  @Test func ourOwnParserTakesEveryCommandLine() throws {
    for command in Self.recipes.flatMap({ Self.commands(in: $0.text) }) {
      #expect(throws: Never.self, "\(command)") {
        try StragglerCommand.parseAsRoot(Array(ShellWords.split(command).dropFirst()))
      }
    }
  }

  /// A variable that one step exports is gone in the next.
  @Test func theStepsOfGitHubFindWhatWasInstalled() throws {
    let recipe = try #require(Self.recipes.first { $0.title == "GitHub Actions" })
    #expect(recipe.text.contains(#"echo "$HOME/.local/bin" >> "$GITHUB_PATH""#))
  }

  // MARK: make

  /// A folder with the recipe as its Makefile, and a test program of two shards, the second of which leaks.
  private func project() throws -> String {
    let folder = TestPrograms.freshPath("recipe")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let recipe = try #require(Self.recipes.first { $0.title == "make" })
    try recipe.text.write(toFile: "\(folder)/Makefile", atomically: true, encoding: .utf8)
    try setShard(2, "exec \(TestPrograms.leak)", in: folder)
    return folder
  }

  private func setShard(_ number: Int, _ command: String, in folder: String) throws {
    let script = "#!/bin/sh\necho run $1 >> runs\ncase $1 in \(number)) \(command);; esac\nexec \(TestPrograms.clean)\n"
    try script.write(toFile: "\(folder)/run-shard", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/run-shard")
  }

  private func make(_ folder: String, _ options: String...) throws -> CommandResult {
    let path = (TestPrograms.straggler as NSString).deletingLastPathComponent + ":/usr/bin:/bin"
    return try runProgram(
      "/usr/bin/make", ["-C", folder, "shards", "SHARDS=1 2"] + options,
      environment: ["PATH": path, "MAKEFLAGS": nil, "MAKELEVEL": nil])
  }

  private func runs(_ folder: String) throws -> [String] {
    try String(contentsOfFile: "\(folder)/runs", encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private var hasMake: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/make") }

  @Test func aLeakInAShardFailsMakeEveryTime() throws {
    guard hasMake else { return }
    let folder = try project()
    for count in [1, 2] {
      let result = try make(folder)
      #expect(result.end == .status(2), "\(result.output)\(result.errorOutput)")
      #expect(result.errorOutput.contains("abandoned-lock"))
      #expect(try runs(folder).count == 2 * count)
    }
    try setShard(2, "true", in: folder)
    let mended = try make(folder)
    #expect(mended.end == .status(0), "\(mended.output)\(mended.errorOutput)")
  }

  @Test(arguments: [[], ["-j2"]])
  func aShardThatFailsFailsMakeAndTheOthersAreMergedAllTheSame(options: [String]) throws {
    guard hasMake else { return }
    let folder = try project()
    try setShard(1, "exit 7", in: folder)
    for _ in 1...2 {
      let result = try options.isEmpty ? make(folder) : make(folder, options[0])
      #expect(result.end == .status(2), "\(result.output)\(result.errorOutput)")
      let isReported = FileManager.default.fileExists(atPath: "\(folder)/leaks.html")
      try #require(isReported, "\(result.output)\(result.errorOutput)")
      try FileManager.default.removeItem(atPath: "\(folder)/leaks.html")
    }
    #expect(try runs(folder).sorted() == ["run 1", "run 1", "run 2", "run 2"])
  }
}
