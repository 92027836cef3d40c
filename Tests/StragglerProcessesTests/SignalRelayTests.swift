// Which signals the program is sent on, and which it has already.

internal import Glibc
internal import Testing

@testable internal import StragglerProcesses

@Suite struct SignalRelayTests {
  private func isForProgram(_ number: Int32, _ origin: ReceivedSignal.Origin, leadsSession: Bool = false) -> Bool {
    SignalRelay.isForProgram(
      ReceivedSignal(number: number, origin: origin), ownID: 10, leadsSession: leadsSession
    ) { $0 >= 100 }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, 40])
  func whatSomebodySendsHereGoesOnToTheProgram(number: Int32) {
    #expect(isForProgram(number, .process(1)))
  }

  @Test(arguments: [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH])
  func whatTheTerminalSendsTheProgramHasAlready(number: Int32) {
    #expect(!isForProgram(number, .kernel))
  }

  @Test func aHangupThatOnlyTheSessionsLeaderHearsOfGoesOnToTheProgram() {
    #expect(isForProgram(SIGHUP, .kernel, leadsSession: true))
    #expect(!isForProgram(SIGHUP, .kernel))
    #expect(!isForProgram(SIGINT, .kernel, leadsSession: true))
  }

  @Test func whatTheProgramsOwnProcessesSendCameToItToo() {
    #expect(!isForProgram(SIGTERM, .process(100)))
  }

  /// A shell's goes to the whole group: sent on later, it would undo a stop that came in between.
  @Test func aContinuationIsNotSentOn() {
    #expect(!isForProgram(SIGCONT, .process(1)))
  }

  @Test func ourOwnSignalsAreNobodyElses() {
    #expect(!isForProgram(SIGPIPE, .process(10)))
    #expect(!isForProgram(SIGALRM, .other))
    #expect(!isForProgram(SIGCHLD, .process(1)))
  }

  @Test func aProcessDescendsFromItsParentsAndNotFromItsNeighbours() {
    #expect(ProcessTree.isDescendant(getpid(), of: getpid()))
    #expect(ProcessTree.isDescendant(getpid(), of: getppid()))
    #expect(!ProcessTree.isDescendant(getppid(), of: getpid()))
    #expect(!ProcessTree.isStopped(getpid()))
  }
}
