// What /proc says of a thread that is being killed.

internal import Foundation
internal import Glibc
internal import Testing

@testable import StragglerProcesses

@Suite struct ProcFileTests {
  private func status(_ state: String, pending: String, shared: String = "0000000000000000") -> String {
    "Name:\tapp\nState:\t\(state)\nTgid:\t7\nSigPnd:\t\(pending)\nShdPnd:\t\(shared)\n"
  }

  @Test func aThreadIsDyingOnceSIGKILLWaitsForIt() {
    #expect(!ProcFile.isDying(status: status("S (sleeping)", pending: "0000000000000000")))
    #expect(!ProcFile.isDying(status: status("R (running)", pending: "0000000100004000")))
    #expect(!ProcFile.isDying(status: status("t (tracing stop)", pending: "0000000000000080")))
    #expect(ProcFile.isDying(status: status("D (disk sleep)", pending: "0000000000000100")))
    #expect(ProcFile.isDying(status: status("S (sleeping)", pending: "ffffffffffffffff")))
  }

  @Test func aThreadThatHasEndedIsDying() throws {
    #expect(ProcFile.isDying(status: status("Z (zombie)", pending: "0000000000000000")))
    #expect(ProcFile.isDying(status: status("X (dead)", pending: "0000000000000000")))
    #expect(!ProcFile.isDying(getpid()))
    let child = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
    child.waitUntilExit()
    #expect(ProcFile.isDying(child.processIdentifier))
  }
}
