// When the end of a process is taken for that of another program than the observed one.

internal import StragglerModel
internal import Testing

@testable internal import StragglerProcesses

@Suite struct UnseenExecTests {
  /// The record of a shell that a recorder attached to, with another exit and other arguments.
  private func happened(
    _ arguments: [String], phase: RecordedExit.Phase = .running, kind: RecordedExit.Kind = .none, lastName: String?
  ) throws -> Bool {
    var process = try ObservationRequest.shell("exit 0").run().main.recorded.get()
    process.executable = "/usr/bin/a-program-with-a-long-name"
    process.arguments = arguments
    process.exit.phase = phase
    process.exit.kind = kind
    return UnseenExec.happened(to: process, lastName: lastName)
  }

  @Test func aProcessThatKeepsItsNameIsItself() throws {
    #expect(try !happened(["x"], lastName: "a-program-with-"))
    #expect(try !happened(["/bin/link"], lastName: "link"))
    #expect(try !happened(["x"], lastName: nil))
  }

  @Test func aScriptsInterpreterIsCalledAsTheScript() throws {
    let script = try TestPrograms.file("a-script", "#!/bin/sh\n")
    let name = String(script.split(separator: "/").last!.prefix(15))
    #expect(try !happened(["sh", script], lastName: name))
    #expect(try !happened(["sh", "-e", script], lastName: name))
    #expect(try happened(["env", "-i", "X=1", script], lastName: name))
  }

  @Test func anotherNameIsAnotherProgram() throws {
    #expect(try happened(["x"], lastName: "other"))
    #expect(try happened(["env", "/bin/ls"], lastName: "ls"))
  }

  @Test func whatTheRecordKnowsIsBelieved() throws {
    #expect(try happened(["link"], phase: .exiting, kind: .exec, lastName: "link"))
    #expect(try !happened(["x"], phase: .frozen, kind: .return, lastName: "renamed"))
    #expect(try !happened(["x"], phase: .exiting, kind: .return, lastName: "renamed"))
  }
}
