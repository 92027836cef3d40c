// The command line's root: names the commands.

internal import ArgumentParser
internal import StragglerAnalysis

struct StragglerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "straggler",
    abstract: "Finds the threads that a program leaves behind when it exits, and what they were holding.",
    version: "\(Tool.current.name) \(Tool.current.version)",
    subcommands: [
      RunCommand.self, CheckCommand.self, ReportCommand.self, ExplainCommand.self, RenderLinkedCommand.self,
      NamePlaceCommand.self, PrintManualCommand.self,
    ])
}
