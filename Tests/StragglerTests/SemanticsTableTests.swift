// docs/semantics.md: that no row is forgotten, and that what it names exists.

import Testing

@Suite struct SemanticsTableTests {
  private struct Row {
    var id: String
    var here: String
    var test: String
  }

  private let rows = Self.cells(of: "semantics.md", 5).map { Row(id: $0[0], here: $0[3], test: $0[4]) }

  /// The rows of a page's tables that have this many cells and begin with a behaviour's id.
  private static func cells(of page: String, _ count: Int) -> [[String]] {
    filesOfProject("docs", page).flatMap { _, text in
      text.split(separator: "\n").compactMap { line -> [String]? in
        let cells = line.split(separator: "|").map {
          String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard cells.count == count, let id = cells.first, Int(id.dropFirst()) != nil else { return nil }
        return cells
      }
    }
  }

  @Test func `Every behaviour that was looked at has its row, in order`() {
    let sections = [("A", 19), ("B", 21), ("C", 10), ("D", 6), ("E", 32), ("F", 20), ("G", 22), ("H", 12)]
    #expect(rows.map(\.id) == sections.flatMap { letter, count in (1...count).map { "\(letter)\($0)" } })
  }

  @Test func `Every row names a scenario, a test that exists, or a reason`() {
    let tests = filesOfProject("Tests/StragglerTests", ".swift").map(\.text).joined(separator: "\n")
    let scenarios = Set(PythonProgram.all.map(\.name))
    for row in rows {
      if row.test.hasPrefix("scenario ") {
        #expect(scenarios.contains(String(row.test.dropFirst("scenario ".count))), "\(row.id)")
      } else if row.test.hasPrefix("\"") {
        #expect(tests.contains("func `\(row.test.dropFirst().dropLast())`("), "\(row.id): \(row.test)")
      } else {
        #expect(row.test.hasPrefix("none: "), "\(row.id)")
      }
    }
  }

  @Test func `What runtime.md says to differ differs here, too`() {
    let differences = Self.cells(of: "runtime.md", 4).map { $0[0] }
    #expect(differences.count > 20)
    for id in differences { #expect(rows.contains { $0.id == id && $0.here != "same" }, "\(id)") }
  }

  @Test func `Every scenario answers a row, and is there in both languages`() throws {
    let named = Set(rows.map(\.test).filter { $0.hasPrefix("scenario ") }.map { String($0.dropFirst(9)) })
    #expect(Set(PythonProgram.all.map(\.name)) == named)
    let swift = try outcome(of: "\(builtProgram("semantics")) --list").lines
    #expect(Set(swift) == named)
  }
}
