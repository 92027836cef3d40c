// Whole runs of real programs, with a recorder that attaches and records nothing.

internal import Foundation
internal import StragglerModel
internal import Testing

@testable internal import StragglerProcesses

@Suite struct ObservedRunTests {
  private func error(_ request: ObservationRequest) -> ObservationError? {
    do throws(ObservationError) {
      _ = try request.run()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [0, 1, 42, 255])
  func theProgramsStatusComesThrough(status: Int32) throws {
    let observation = try ObservationRequest.shell("exit \(status)").run()
    #expect(observation.ending == .exited(status))
    #expect(observation.main.ending == .exited(status))
    #expect(observation.main.isMain)
    #expect(try observation.main.recorded.get().id == observation.main.processID)
    #expect(observation.others.isEmpty)
  }

  @Test(arguments: [SIGTERM, SIGKILL, SIGSEGV])
  func theProgramsSignalComesThrough(signal: Int32) throws {
    #expect(try ObservationRequest.shell("kill -\(signal) $$").run().ending == .signaled(signal))
  }

  @Test func childrenAreKeptInTheirOrder() throws {
    let observation = try ObservationRequest.shell("/bin/true; /bin/ls / > /dev/null; exit 0").run()
    let names = try observation.others.map { try $0.recorded.get().executable.split(separator: "/").last }
    #expect(names == ["true", "ls"])
    #expect(observation.others.allSatisfy { !$0.isMain && $0.ending == .exited(0) })
  }

  @Test func aChildThatWasKilledHasNoKnownEnd() throws {
    let observation = try ObservationRequest.shell("/bin/sleep 1000 & kill -9 $!; wait; exit 0").run()
    #expect(observation.others.allSatisfy { $0.ending == .unknown })
  }

  @Test func withoutChildrenTheProgramIsAlone() throws {
    var request = try ObservationRequest.shell("/bin/true; /bin/ls / > /dev/null; exit 0")
    request.observesChildren = false
    #expect(try request.run().others.isEmpty)
  }

  @Test func childrenThatAreNotAskedForAreNotKept() throws {
    var request = try ObservationRequest.shell("/bin/true; /bin/ls / > /dev/null; exit 0")
    request.keepsExecutable = { !$0.hasSuffix("/ls") }
    #expect(try request.run().others.count == 1)
    request.keepsImage = { _ in false }
    #expect(try request.run().others.isEmpty)
  }

  @Test func anImageReplacedByExecComesBeforeItsSuccessor() throws {
    let observation = try ObservationRequest.shell("exec /usr/bin/env X=1 /bin/ls / > /dev/null").run()
    #expect(try observation.main.recorded.get().executable.hasSuffix("/ls"))
    #expect(observation.others.count == 2)
    #expect(observation.others.allSatisfy { $0.isMain && $0.ending == .replaced })
    #expect(Set(observation.others.map(\.processID)) == [observation.main.processID])
  }

  @Test func aBackgroundProcessThatGoesOnIsNeitherAwaitedNorReported() throws {
    let pidFile = TestPrograms.freshPath("background")
    let command = "/bin/sleep 1000 > /dev/null 2>&1 & echo $! > \"$1\"; exit 0"
    let result = Result { try ObservationRequest.shell(command, pidFile).run() }
    let process = try #require(Int32(String(contentsOfFile: pidFile, encoding: .utf8).dropLast()))
    // Ended here whatever was observed: nobody else would. It was still there.
    #expect(kill(process, SIGKILL) == 0)
    #expect(try result.get().others.isEmpty)
  }

  @Test func aProgramWithoutRecorderIsAFailureOfOurs() throws {
    let mathematics = "/lib/x86_64-linux-gnu/libm.so.6"
    let error = error(try .shell("exit 0", preload: mathematics))
    #expect(error?.status == .failed)
    #expect(error?.description.contains("did not attach to /bin/sh") == true)
  }

  @Test func aLibraryWhosePathHasABlankIsReachedThroughALink() throws {
    let folder = TestPrograms.freshPath("with blank: and colon")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: TestPrograms.recorder, toPath: "\(folder)/recorder.so")
    #expect(try ObservationRequest.shell("exit 3", preload: "\(folder)/recorder.so").run().ending == .exited(3))
  }

  @Test func thePrivateFolderIsRemoved() throws {
    let folder = TestPrograms.freshPath("temporary")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let listing = TestPrograms.freshPath("listing")
    var request = try ObservationRequest.shell("stat -c %a \"$1\"/* > \"$2\"", folder, listing)
    request.temporaryFolder = folder
    #expect(try request.run().ending == .exited(0))
    #expect(try String(contentsOfFile: listing, encoding: .utf8) == "711\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  // MARK: Other users

  /// Words before a program that is to run as nobody: only root can.
  private static let asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"

  @Test(.enabled(if: getuid() == 0, "only root can become another user"))
  func aProgramThatBecomesAnotherUserIsStillObserved() throws {
    let observation = try ObservationRequest.shell("exec \(Self.asNobody) /bin/true").run()
    #expect(observation.ending == .exited(0))
    #expect(try observation.main.recorded.get().executable.hasSuffix("/true"))
  }

  @Test(.enabled(if: getuid() == 0, "only root can become another user"))
  func anotherUserFindsTheSocketOnlyByItsName() throws {
    let command = """
      folder=${STRAGGLER_SOCKET%/*}
      \(Self.asNobody) test -w "$STRAGGLER_SOCKET" || exit 1
      env -i \(Self.asNobody) ls "$folder" 2> /dev/null && exit 2
      grep -qF "$STRAGGLER_SOCKET" /proc/net/unix && exit 3
      exit 0
      """
    #expect(try ObservationRequest.shell(command).run().ending == .exited(0))
  }

  @Test(.enabled(if: getuid() == 0, "only root can become another user"))
  func whatIsClosedToTheOtherUserIsNamed() throws {
    let folder = TestPrograms.freshPath("closed")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try FileManager.default.copyItem(atPath: TestPrograms.recorder, toPath: "\(folder)/recorder.so")
    let error = error(
      try .shell("exec \(Self.asNobody) /bin/true 2> /dev/null", preload: "\(folder)/recorder.so"))
    #expect(error?.status == .failed)
    #expect(error?.description.contains("it ran as user 65534, to whom \(folder) is closed") == true)
  }

  @Test func aFolderThatIsNotThereIsAFailureOfOurs() throws {
    var request = try ObservationRequest.shell("exit 0")
    request.temporaryFolder = "/no/such/folder"
    #expect(error(request)?.description.contains("private folder in /no/such/folder") == true)
  }

  // MARK: Exits that don't end

  @Test func anExitOverItsTimeIsEndedWithItsThreadsCopied() throws {
    var request = try ObservationRequest.shell("exec /bin/sleep 1000", variables: ["RECORDER_EXIT=begun"])
    request.exitTimeout = .milliseconds(100)
    let observation = try request.run()
    #expect(observation.ending == .forced(.stalled))
    #expect(observation.main.ending == .forced(.stalled))
    let thread = try #require(try observation.main.recorded.get().threads.first)
    let stop = try #require(thread.stop)
    #expect(stop.outcome == .stopped)
    let stack = try #require(stop.stack)
    #expect(stack.pc != 0 && stack.sp == stack.base && !stack.bytes.isEmpty)
    // nanosleep or clock_nanosleep, asm/unistd_64.h.
    #expect([35, 230].contains(stop.systemCall?.number))
  }

  @Test func aProvenCircleIsEndedAtOnce() throws {
    var request = try ObservationRequest.shell("exec /bin/sleep 1000", variables: ["RECORDER_EXIT=begun"])
    request.exitDeadlock = { $0.executable.hasSuffix("/sleep") ? [1] : nil }
    #expect(try request.run().ending == .forced(.deadlocked))
  }

  @Test func anExitThatComesToItsEndIsNotTouched() throws {
    var request = try ObservationRequest.shell("exit 5", variables: ["RECORDER_EXIT=begun"])
    request.exitTimeout = .seconds(60)
    #expect(try request.run().ending == .exited(5))
  }

  @Test func aChildWhoseExitDoesNotEndIsEnded() throws {
    var request = try ObservationRequest.shell("RECORDER_EXIT=begun /bin/sleep 1000; exit 7")
    request.exitTimeout = .milliseconds(100)
    let observation = try request.run()
    #expect(observation.ending == .exited(7))
    #expect(observation.others.map(\.ending) == [.forced(.stalled)])
  }
}

@Suite struct SystemCallLineTests {
  @Test func aThreadInASystemCallIsRead() {
    let call = SystemCallLine.parse("202 0x55fa1b8d10c0 0x80 0x2 0x0 0x0 0x0 0x7ffd1 0x7f2a\n")
    #expect(call?.number == 202)
    #expect(call?.arguments.first == 0x55fa_1b8d_10c0)
    #expect(call?.sp == 0x7ffd1)
    #expect(call?.pc == 0x7f2a)
  }

  @Test(arguments: ["running\n", "-1 0x7ffd1 0x7f2a\n", "", "202 0x1\n", "202 a b c d e f g h\n"])
  func anythingElseIsNothing(line: String) {
    #expect(SystemCallLine.parse(line) == nil)
  }
}
