// The manual page: the command line's definitions in the words of man(7).

internal import StragglerAnalysis

struct ManualPage {
  /// What only the environment can say.
  private static let environment: [(name: String, meaning: String)] = [
    (
      "STRAGGLER_OPTIONS",
      "The options of straggler run, quoted as in a shell, for a program that is linked with Straggler and that nobody observes."
    ),
    (
      "STRAGGLER_RENDERER",
      "The straggler that makes the report of such a program. Default: the one beside the program, then the one in PATH."
    ),
    ("TMPDIR", "Where the socket of a run lies. Default: /tmp."),
    ("NO_COLOR", "Where it is not empty, reports on a terminal have no colours."),
  ]

  let command: CommandDefinition

  /// In roff, for man(1).
  var text: String {
    var lines = [
      ".\\\" Made from the command line's definitions: straggler print-manual",
      ".TH STRAGGLER 1 \"\" \"\(Self.escaped("\(Tool.current.name) \(Tool.current.version)"))\" \"User Commands\"",
      ".SH NAME", Self.escaped("\(command.commandName) - \(command.abstract ?? "")"), ".SH SYNOPSIS",
    ]
    lines += command.shownCommands.flatMap { [".B \(Self.escaped(synopsis($0)))", ".br"] }.dropLast()
    for subcommand in command.shownCommands {
      lines.append(".SH \(Self.escaped(subcommand.commandName).uppercased())")
      lines += paragraphs(subcommand.abstract) + subcommand.shownArguments.flatMap(item)
      lines += subcommand.discussion.map { [".PP"] + paragraphs($0) } ?? []
    }
    lines.append(".SH ENVIRONMENT")
    lines += Self.environment.flatMap { [".TP", ".B \($0.name)", Self.escaped($0.meaning)] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `straggler run [options] -- program...`
  private func synopsis(_ subcommand: CommandDefinition) -> String {
    let common: Set = ["help", "version"]
    let hasOptions = subcommand.shownArguments.contains { argument in
      argument.kind != .positional && common.isDisjoint(with: (argument.names ?? []).map(\.name))
    }
    let places = subcommand.shownArguments.filter { $0.kind == .positional }.map { argument in
      let name = (argument.valueName ?? "value").uppercased() + (argument.isRepeating ? "..." : "")
      if argument.parsingStrategy == .postTerminator { return "-- \(name)" }
      return argument.isOptional ? "[\(name)]" : name
    }
    return ([command.commandName, subcommand.commandName] + (hasOptions ? ["[options]"] : []) + places)
      .joined(separator: " ")
  }

  /// One option: how it is typed, and what it means.
  private func item(_ argument: CommandDefinition.Argument) -> [String] {
    let names = (argument.names ?? []).map(\.text).joined(separator: ", ")
    let value = (argument.valueName ?? "value").uppercased()
    let head =
      switch argument.kind {
      case .positional: value
      case .option: "\(names) \(value)"
      case .flag: names
      }
    var meaning = argument.abstract ?? ""
    if let values = argument.allValues { meaning += " One of \(values.joined(separator: ", "))." }
    if let value = argument.defaultValue, !meaning.contains("(default:") { meaning += " (default: \(value))" }
    return [".TP", ".B \(Self.escaped(head))"] + paragraphs(meaning)
  }

  private func paragraphs(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n").map { Self.escaped(String($0)) }
  }

  /// Text that means itself: a line must not begin as a request does, and a minus is no hyphen.
  private static func escaped(_ text: String) -> String {
    let line = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }
}
