// The command line's own definitions, as the argument parser gives them out (`--experimental-dump-help`, version 0).

internal import ArgumentParser
internal import FoundationEssentials

/// A command with all that its help says.
struct CommandDefinition: Decodable {
  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }
    enum Strategy: String, Decodable {
      case `default`, scanningForValue, unconditional, upToNextOption, allRemainingInput, postTerminator
      case allUnrecognized
    }
    struct Name: Decodable {
      enum Kind: String, Decodable { case long, short, longWithSingleDash }
      var kind: Kind
      var name: String

      /// As it is typed.
      var text: String { (kind == .long ? "--" : "-") + name }
    }

    var kind: Kind
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var parsingStrategy: Strategy
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var allValues: [String]?
    var abstract: String?
  }

  var commandName: String
  var abstract: String?
  var discussion: String?
  var shouldDisplay: Bool?
  var subcommands: [CommandDefinition]?
  var arguments: [Argument]?

  /// Those that help shows, without the parser's own `help`.
  var shownCommands: [CommandDefinition] {
    (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
  }

  var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

  /// The definitions of this program.
  static func straggler() throws -> CommandDefinition {
    struct Tool: Decodable {
      var serializationVersion: Int
      var command: CommandDefinition
    }
    let tool = try JSONDecoder().decode(Tool.self, from: Data(StragglerCommand._dumpHelp().utf8))
    precondition(tool.serializationVersion == 0, "an argument parser whose definitions are not known")
    return tool.command
  }
}
