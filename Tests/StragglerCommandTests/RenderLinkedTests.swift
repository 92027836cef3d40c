// What the recorder of a linked program asks of straggler.

internal import StragglerProcesses
internal import Testing

@Suite struct RenderLinkedTests {
  private func check(_ options: String?) throws -> CommandResult {
    try straggler("render-linked", "--check-options", environment: ["STRAGGLER_OPTIONS": options])
  }

  @Test(arguments: [nil, "", "--report 'text=/dev/null' --fail-on warning", "--exit-timeout 2s"])
  func optionsWithoutMistakeAreNotMentioned(options: String?) throws {
    let result = try check(options)
    #expect(result.end == .status(0))
    #expect(result.errorOutput.isEmpty && result.output.isEmpty)
  }

  @Test(arguments: ["--nope", "--report json", "--report json=/no/such/folder/x", "'open", "--report text=-"])
  func aMistakeInTheOptionsIsOneLine(options: String) throws {
    let result = try check(options)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.errorOutput.hasPrefix("straggler: "))
  }

  /// The recorder then prints a report of its own, and the program keeps its status.
  @Test func aDescriptorThatIsNoArenaIsNotRendered() throws {
    let result = try straggler("render-linked", "--arena-descriptor", "0", "--status", "3")
    #expect(result.end == .status(127))
    #expect(result.lines.count == 1)
  }
}
