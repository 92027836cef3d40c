// `straggler print-manual`: what `make install` makes the manual page with.

internal import ArgumentParser

struct PrintManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print-manual", abstract: "Print the manual page, in roff.", shouldDisplay: false)

  mutating func run() throws {
    try StandardStream.output.write(ManualPage(command: .straggler()).text)
  }
}
