// The manual page and the shells' completions: made from the command line's definitions, and so complete.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite struct ManualTests {
  private static let commands = ["run", "check", "report", "explain"]

  /// The long options that the help of a command names.
  private func options(of command: String) throws -> Set<String> {
    let help = try straggler(command, "--help").output
    return Set(help.matches(of: #/--[a-z][a-z-]*[a-z]/#).map { String($0.output) })
  }

  @Test(arguments: commands) func theManualNamesEveryOption(command: String) throws {
    let manual = try straggler("print-manual")
    #expect(manual.end == .status(0))
    let text = manual.output.replacing("\\-", with: "-")
    #expect(text.contains(".SH \(command.uppercased())\n"))
    for option in try options(of: command) { #expect(text.contains(option), "\(option)") }
  }

  @Test func theManualShowsNothingThatIsNotForPeople() throws {
    let text = try straggler("print-manual").output
    #expect(!text.contains("render\\-linked") && !text.contains("arena\\-descriptor"))
  }

  @Test func theManualIsProperRoff() throws {
    let lines = try straggler("print-manual").output.split(separator: "\n")
    let requests: Set<Substring> = [".TH", ".SH", ".TP", ".B", ".br", ".PP", ".\\\""]
    for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(requests.contains(line.prefix { $0 != " " }), "\(line)")
    }
    #expect(lines.allSatisfy { !$0.isEmpty })
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/groff"), "groff is not there"))
  func theManualIsShownWithoutWarnings() throws {
    let path = TestPrograms.freshPath("straggler.1")
    try straggler("print-manual").output.write(toFile: path, atomically: true, encoding: .utf8)
    let shown = try runProgram("/usr/bin/groff", ["-man", "-Tutf8", "-ww", path])
    #expect(shown.end == .status(0))
    #expect(shown.errorOutput.isEmpty, "\(shown.errorOutput)")
    #expect(shown.output.contains("suppressions"))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowEveryOption(shell: String) throws {
    let script = try straggler("--generate-completion-script", shell)
    #expect(script.end == .status(0))
    for command in Self.commands {
      for option in try options(of: command) where option != "--version" {
        // fish writes a long option without its dashes.
        let word = shell == "fish" ? String(option.dropFirst(2)) : option
        #expect(script.output.contains(word), "\(option) of \(command)")
      }
    }
    #expect(!script.output.contains("arena-descriptor"))
  }

  /// What bash offers for the last of these words, in a folder with one file.
  private func offered(_ words: [String]) throws -> [Substring] {
    let folder = TestPrograms.freshPath("completions")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "".write(toFile: "\(folder)/made.json", atomically: true, encoding: .utf8)
    let script = "\(folder)/.straggler.bash"
    let made = try straggler("--generate-completion-script", "bash").output
    try made.write(toFile: script, atomically: true, encoding: .utf8)
    // As readline does: the function's words, and the files where it has none and asks for them.
    let completed = """
      cd "$1"; source ./.straggler.bash; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
      _straggler straggler "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      if [[ ${#COMPREPLY[@]} -eq 0 && $(complete -p straggler) == *'-o default'* ]]; then
        COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
      fi
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try runProgram("/bin/bash", ["-c", completed, "bash", folder] + words)
    #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
    return result.output.split(separator: "\n").map { $0.drop { $0 == " " } }
  }

  @Test(arguments: [
    (["straggler", "run", "--supp"], "--suppressions"), (["straggler", "run", "--", "./m"], "./made.json"),
    (["straggler", "check", "m"], "made.json"), (["straggler", "report", "m"], "made.json"),
    (["straggler", "explain", "abandoned-l"], "abandoned-lock"), (["straggler", "run", "--report", "sa"], "sarif="),
    (["straggler", "report", "--baseline", "m"], "made.json"),
  ])
  func bashCompletes(words: [String], expected: String) throws {
    #expect(try offered(words).contains(expected[...]))
  }
}
