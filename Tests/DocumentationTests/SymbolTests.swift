// The pages of module Straggler: every public symbol says something, and has its place.

import Foundation
import Testing

@Suite struct SymbolTests {
  /// The documentation as `make docs` makes it, once for all tests.
  private static let documentation = Result { try Documentation() }

  @Test func `The documentation builds without a warning`() throws {
    let documentation = try Self.documentation.get()
    #expect(documentation.complaint == nil)
  }

  @Test func `Every public symbol says what it is`() throws {
    let symbols = try Self.documentation.get().symbols()
    #expect(symbols.count > 200)
    for symbol in symbols where !symbol.isDocumented { Issue.record("\(symbol.path) has no documentation") }
  }

  @Test func `The landing page lists every symbol that no other one contains`() throws {
    let page = try String(contentsOfFile: project + "/Sources/Straggler/Straggler.docc/Straggler.md", encoding: .utf8)
    let outermost = try Self.documentation.get().symbols().filter { $0.pathComponents.count == 1 }
    #expect(outermost.count > 25)
    for symbol in outermost {
      // A function's entry there leaves out the types: `sleep(for:)`.
      #expect(page.contains("- ``\(symbol.path)``"), "\(symbol.path)")
    }
  }

  @Test func `What has a counterpart in Python says which, and what has none says so`() throws {
    let types = try Self.documentation.get().symbols().filter {
      $0.pathComponents.count == 1 && $0.kind.identifier == "swift.class"
    }
    #expect(types.count > 10)
    for type in types { #expect(type.text.contains("Python"), "\(type.path)") }
  }
}

/// What `.ci/docs` made.
private final class Documentation: Sendable {
  /// What it said, if it failed.
  let complaint: String?
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    complaint = try DocumentationTests.complaint(of: ".ci/docs \(builtFolder()) \(folder.path)")
  }

  /// The module's public symbols. Extensions of other modules' types stand in files of their own.
  func symbols() throws -> [Symbol] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/symbols")
    return try files.flatMap { file in
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/symbols/\(file)"))
      return try JSONDecoder().decode(SymbolGraph.self, from: data).symbols
    }.filter { $0.kind.identifier != "swift.extension" }
  }
}

/// As much of the compiler's format as is asked for.
private struct SymbolGraph: Decodable {
  var symbols: [Symbol]
}

private struct Symbol: Decodable {
  var pathComponents: [String]
  var kind: Kind
  var docComment: Comment?

  struct Kind: Decodable {
    var identifier: String
  }

  struct Comment: Decodable {
    var lines: [Line]

    struct Line: Decodable {
      var text: String
    }
  }

  var path: String { pathComponents.joined(separator: ".") }
  var text: String { (docComment?.lines ?? []).map(\.text).joined(separator: "\n") }
  var isDocumented: Bool { text.contains { $0.isLetter } }
}
