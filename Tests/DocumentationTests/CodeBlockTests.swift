// The code that the documentation shows is code: it compiles against the module as it is.

import Foundation
import Testing

@Suite struct CodeBlockTests {
  private static let pages =
    ["README.md", "docs/runtime.md"]
    + ["Straggler", "Lifecycle", "TheExit", "Moving"].map { "Sources/Straggler/Straggler.docc/\($0).md" }

  private static let blocks = pages.flatMap { page in
    (try? CodeBlock.all(in: page)) ?? []
  }

  @Test(arguments: blocks.filter { !$0.isManifest })
  func `A program compiles`(block: CodeBlock) throws {
    try expectToCompile(block.text)
  }

  @Test(arguments: blocks.filter(\.isManifest))
  func `A manifest is one, and names a product that is there`(block: CodeBlock) throws {
    let folder = try ScratchFolder()
    try block.text.write(toFile: folder.path + "/Package.swift", atomically: true, encoding: .utf8)
    #expect(try complaint(of: "swift package --package-path \(folder.path) dump-package") == nil)
    let manifest = try String(contentsOfFile: project + "/Package.swift", encoding: .utf8)
    #expect(manifest.contains(#".library(name: "Straggler""#) && manifest.contains(#"name: "straggler","#))
    #expect(block.text.contains(#".product(name: "Straggler", package: "straggler")"#))
  }

  @Test func `Every page shows code`() {
    for page in Self.pages { #expect(Self.blocks.contains { $0.page == page }, "\(page)") }
  }

  @Test func `What stands beside Python's words in the README compiles`() throws {
    let statements = try pythonTable().flatMap { row in row.here }
    #expect(statements.count > 40)
    try expectToCompile(
      """
      import Straggler

      @Sendable func f() {}
      @Sendable func f(_ x: Int) {}
      @Sendable func ready() -> Bool { true }
      @Sendable func h(error: any Error, thread: Thread) {}

      func everything(
        t: Thread, x: Int, e: Event, lock: Lock, m: borrowing Mutex<Int>, c: Condition, s: Semaphore, b: Barrier,
        l: ThreadLocal<Int>, p: ThreadPool, r: Future<Int>
      ) throws {
      \(statements.map { "  " + $0.replacing("...", with: "") }.joined(separator: "\n"))
      }
      """)
  }

  /// The README's table of Python's words and ours: the code in its second column.
  private func pythonTable() throws -> [(python: String, here: [String])] {
    let text = try String(contentsOfFile: project + "/README.md", encoding: .utf8)
    let rows = text.split(separator: "\n").drop { $0 != "| Python | here |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
    return rows.map { row in
      let cells = row.split(separator: " | ")
      let pieces = (cells.last ?? "").split(separator: "`", omittingEmptySubsequences: false)
      return (String(cells.first ?? ""), pieces.indices.filter { $0 % 2 == 1 }.map { String(pieces[$0]) })
    }
  }

  private func expectToCompile(_ program: String) throws {
    let folder = try ScratchFolder()
    let file = folder.path + "/main.swift"
    try program.write(toFile: file, atomically: true, encoding: .utf8)
    let built = try builtFolder()
    let said = try complaint(
      of: """
        flags=$(.ci/module-flags "\(built)")
        IFS='
        '
        swiftc -typecheck -swift-version 6 $flags "\(file)"
        """)
    #expect(said == nil)
  }
}

/// A block of Swift in a page of Markdown.
struct CodeBlock: Sendable, CustomTestStringConvertible {
  let page: String
  let line: Int
  let text: String

  var isManifest: Bool { text.contains("import PackageDescription") }
  var testDescription: String { "\(page):\(line)" }

  static func all(in page: String) throws -> [CodeBlock] {
    let text = try String(contentsOfFile: "\(project)/\(page)", encoding: .utf8)
    var blocks: [CodeBlock] = []
    var open: (line: Int, lines: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open {
        if line == "```" {
          blocks.append(CodeBlock(page: page, line: block.line, text: block.lines.joined(separator: "\n")))
          open = nil
        } else {
          open = (block.line, block.lines + [line])
        }
      } else if line == "```swift" {
        open = (index + 1, [])
      }
    }
    return blocks
  }
}
