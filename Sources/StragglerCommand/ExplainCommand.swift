// `straggler explain`: what a rule means and how to fix what it finds.

internal import ArgumentParser
internal import StragglerAnalysis

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "What a rule means, how to fix it; without RULE: all rules.")

  @Argument(
    help: ArgumentHelp("A rule's id, as it stands in reports.", valueName: "rule"),
    completion: .list(Rule.all.map(\.id.rawValue)))
  var rule: String?

  mutating func run() throws {
    guard let name = rule else { return try StandardStream.output.write(Rule.overview) }
    guard let rule = Rule.named(name) else {
      let known = Rule.all.map(\.id.rawValue).joined(separator: ", ")
      throw CommandFailure("there is no rule '\(name)'; the rules are \(known)")
    }
    try StandardStream.output.write(rule.explanation)
  }
}
