// Source lines with a mark below.

@testable import StragglerReports
import Testing

@Suite struct SourceExcerptTests {
  private func rows(_ lines: [String], _ line: Int, _ column: Int?) -> [String]? {
    SourceExcerpt(lines: lines, line: line, column: column)?.rows.map(\.text)
  }

  @Test func theMarkStandsUnderTheColumn() {
    #expect(rows(["int f() {", "  lock(&m);"], 2, 8) == ["int f() {", "  lock(&m);", "       ^"])
  }

  @Test func aColumnCountsBytes() {
    #expect(rows(["let é = x"], 1, 10) == ["let é = x", "        ^"])
  }

  @Test func tabsAreWidenedInBothRows() {
    #expect(rows(["\tlock();"], 1, 2) == ["    lock();", "    ^"])
  }

  @Test func withoutAColumnTheFirstCharacterIsMarked() {
    #expect(rows(["    lock();"], 1, nil) == ["    lock();", "    ^"])
    #expect(rows(["    lock();"], 1, 0) == ["    lock();", "    ^"])
  }

  @Test func aColumnBeyondTheLineMarksItsFirstCharacter() {
    #expect(rows(["  x"], 1, 500) == ["  x", "  ^"])
  }

  @Test func anEmptyLineBeforeIsLeftOut() {
    #expect(rows(["", "  x"], 2, 3) == ["  x", "  ^"])
  }

  @Test func lineEndsOfOtherSystemsAreNotShown() {
    #expect(rows(["x\r", "y\r"], 2, 1) == ["x", "y", "^"])
  }

  @Test(arguments: [0, -1, 3, Int.max])
  func aLineThatTheFileDoesNotHaveGivesNoExcerpt(line: Int) {
    #expect(rows(["a", "b"], line, 1) == nil)
  }

  @Test func aLineOfManyThousandCharactersIsCut() throws {
    let excerpt = try #require(rows([String(repeating: "x", count: 50_000)], 1, 40_000))
    #expect(excerpt.allSatisfy { $0.count <= 110 })
  }
}
