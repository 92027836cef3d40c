// abandoned-file.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct FileRuleTests {
  private func result(
    _ file: RecordedFile, exit: RecordedExit.Kind = .return, ending: ObservedEnding = .exited(status: 0),
    change: (inout RecordedThread) -> Void = { _ in }
  ) -> Report {
    report(sampleProcess([exitingThread(), daemon(2, "logger", change)], exit: exit, files: [file]), ending)
  }

  @Test func aFileOpenForWritingIsAWarning() {
    let found = result(file(5, opener: 2))
    let finding = found.only(.abandonedFile)
    #expect(found.rules == [.abandonedFile])
    #expect(finding?.level == .warning)
    #expect(finding?.message == "daemon thread \"logger\" was abandoned with \"/tmp/out.log\" open for writing")
    #expect(finding?.resource?.name == "out.log")
    #expect(finding?.resource?.file?.path == "/tmp/out.log")
    #expect(finding?.resource?.mode == .write)
    #expect(finding?.acquired?.frames.map(\.address) == [0xF000])
  }

  /// A mark that combines makes one `Character` of itself and the slash before it.
  @Test func aNameMayBeginWithAMarkThatCombines() {
    let findings = ["/tmp/a/\u{301}z", "/tmp/b/\u{301}z"].map { result(file(5, $0, opener: 2)).only(.abandonedFile) }
    #expect(findings.map { $0?.resource?.name } == ["\u{301}z", "\u{301}z"])
    #expect(findings[0]?.fingerprint == findings[1]?.fingerprint)
  }

  @Test func aFileOpenForReadingIsANote() {
    #expect(result(file(5, opener: 2, writable: false)).only(.abandonedFile)?.level == .note)
  }

  @Test func aSocketOrPipeIsANote() {
    #expect(result(file(5, nil, opener: 2, regular: false)).only(.abandonedFile)?.level == .note)
  }

  private func object(_ origin: RecordedFile.Origin, regular: Bool?) -> RecordedFile {
    var object = file(5, nil, opener: 2, regular: regular, stream: 0x77, unflushed: 4)
    object.origin = origin
    return object
  }

  @Test(arguments: [
    (RecordedFile.Origin.pipe, "a pipe (descriptor 5)"), (.socket, "a socket (descriptor 5)"),
    (.epoll, "an epoll set (descriptor 5)"), (.memory, "a piece of memory (descriptor 5)"),
  ])
  func whatIsNoFileIsANoteWhateverFstatSays(origin: RecordedFile.Origin, phrase: String) {
    for regular in [true, false, nil] {
      let finding = result(object(origin, regular: regular)).only(.abandonedFile)
      #expect(finding?.level == .note)
      #expect(finding?.message == "daemon thread \"logger\" was abandoned with \(phrase) open")
    }
  }

  @Test func aWriteToAPipeThatIsCutOffAndBytesThatAPipeLosesAreNotes() {
    let writing = result(object(.pipe, regular: false)) {
      $0.operation = RecordedOperation(kind: .write, descriptor: 5, stream: nil)
    }
    #expect(writing.only(.abandonedFile)?.level == .note)
    #expect(writing.only(.abandonedFile)?.message.hasSuffix("inside a write to a pipe (descriptor 5)") == true)
    #expect(result(object(.pipe, regular: false), exit: .underscore).only(.abandonedFile)?.level == .note)
  }

  @Test func aTemporaryFileIsAFile() {
    #expect(result(object(.temporary, regular: true), exit: .underscore).only(.abandonedFile)?.level == .error)
  }

  @Test(arguments: [RecordedExit.Kind.underscore, .quick, .exec, .none])
  func bufferedBytesAreLostByEveryWayOutButAReturn(kind: RecordedExit.Kind) {
    let finding = result(file(5, opener: 2, stream: 0x77, unflushed: 17), exit: kind).only(.abandonedFile)
    #expect(finding?.level == .error)
    #expect(finding?.message.hasSuffix("with 17 bytes of \"/tmp/out.log\" unflushed, which are lost") == true)
  }

  @Test func bufferedBytesOfAReturningProcessAreANote() {
    let finding = result(file(5, opener: 2, stream: 0x77, unflushed: 1)).only(.abandonedFile)
    #expect(finding?.level == .note)
    let words = "with 1 byte of \"/tmp/out.log\" unflushed, which the exit wrote for it"
    #expect(finding?.message.hasSuffix(words) == true)
  }

  @Test func aProcessEndedByASignalLosesItsBuffers() {
    let finding = result(file(5, opener: 2, unflushed: 3), ending: .signaled(15)).only(.abandonedFile)
    #expect(finding?.level == .error)
  }

  @Test func aThreadInsideAWriteIsAnError() {
    let finding = result(file(5, opener: 2)) {
      $0.operation = RecordedOperation(kind: .write, descriptor: 5, stream: nil)
    }.only(.abandonedFile)
    #expect(finding?.level == .error)
    #expect(finding?.message.hasSuffix("inside a write to \"/tmp/out.log\"") == true)
  }

  @Test func aThreadInsideASyncIsNotInsideAWrite() {
    let finding = result(file(5, opener: 2)) {
      $0.operation = RecordedOperation(kind: .sync, descriptor: 5, stream: nil)
    }.only(.abandonedFile)
    #expect(finding?.level == .warning)
    #expect(finding?.message.hasSuffix("open for writing, while it was being synced") == true)
  }

  @Test func aThreadInsideATruncationIsAnError() {
    let finding = result(file(5, opener: 1)) {
      $0.operation = RecordedOperation(kind: .truncate, descriptor: 5, stream: nil)
    }.only(.abandonedFile)
    #expect(finding?.level == .error)
    #expect(finding?.message.hasSuffix("inside a truncation of \"/tmp/out.log\"") == true)
  }

  @Test func aThreadInsideARenameIsANoteThatNamesBothPaths() {
    let found = result(file(5, opener: 1)) {
      $0.operation = RecordedOperation(
        kind: .rename, descriptor: nil, stream: nil, path: "/tmp/new.json", target: "/tmp/state.json")
    }
    #expect(found.rules == [.abandonedFile])
    let finding = found.only(.abandonedFile)
    #expect(finding?.level == .note)
    let words = "was abandoned inside a rename of \"/tmp/new.json\" to \"/tmp/state.json\""
    #expect(finding?.message == "daemon thread \"logger\" \(words)")
    #expect(finding?.resource?.name == "new.json" && finding?.resource?.file?.descriptor == nil)
  }

  @Test func aTruncationByPathIsAnErrorWhoeverHasTheFileOpen() {
    let finding = result(file(5, opener: 1)) {
      $0.operation = RecordedOperation(kind: .truncate, descriptor: nil, stream: nil, path: "/tmp/log")
    }.only(.abandonedFile)
    #expect(finding?.level == .error)
    #expect(finding?.message.hasSuffix("was abandoned inside a truncation of \"/tmp/log\"") == true)
  }

  @Test(arguments: [RecordedOperation.Kind.rename, .truncate]) func aPathThatNobodyCouldReadIsNotMadeUp(
    kind: RecordedOperation.Kind
  ) {
    let finding = result(file(5, opener: 1)) {
      $0.operation = RecordedOperation(kind: kind, descriptor: nil, stream: nil)
    }.only(.abandonedFile)
    #expect(finding?.message.hasSuffix(kind == .rename ? "a rename of a file" : "a truncation of a file") == true)
    #expect(finding?.resource?.name == nil && finding?.resource?.file?.path == nil)
  }

  @Test func aSyncOfEveryFileIsANoteWithoutAPath() {
    let found = result(file(5, opener: 1)) {
      $0.operation = RecordedOperation(kind: .sync, descriptor: nil, stream: nil)
    }
    #expect(found.rules == [.abandonedFile])
    let finding = found.only(.abandonedFile)
    #expect(finding?.level == .note)
    #expect(finding?.message == "daemon thread \"logger\" was abandoned inside a sync of every file")
    #expect(finding?.resource?.name == nil && finding?.resource?.file?.path == nil)
  }

  @Test func aRenameOfTheExitingThreadIsNobodysLeak() {
    let exiting = thread(1) { $0.operation = RecordedOperation(kind: .rename, descriptor: nil, stream: nil) }
    #expect(report(sampleProcess([exiting], files: [])).rules == [])
  }

  @Test func aSyncOfMainsFileIsANoteOfTheThreadInsideIt() {
    let finding = result(file(5, opener: 1)) {
      $0.operation = RecordedOperation(kind: .sync, descriptor: 5, stream: nil)
    }.only(.abandonedFile)
    #expect(finding?.level == .note)
    #expect(finding?.thread?.identity.name == "logger")
    #expect(finding?.message.hasSuffix("inside a sync of \"/tmp/out.log\"") == true)
  }

  @Test func aStreamThatIsCutOffWhileItIsClosedLosesItsBufferByEveryWayOut() {
    for kind in [RecordedExit.Kind.return, .underscore] {
      let finding = result(file(5, opener: 1, stream: 0x77, unflushed: 3), exit: kind) {
        $0.operation = RecordedOperation(kind: .close, descriptor: 5, stream: 0x77)
      }.only(.abandonedFile)
      #expect(finding?.level == .error)
      let words = "inside the closing of \"/tmp/out.log\", with 3 bytes of it unflushed"
      #expect(finding?.message.hasSuffix(words) == true)
    }
    let empty = result(file(5, opener: 1, stream: 0x77, unflushed: 0)) {
      $0.operation = RecordedOperation(kind: .close, descriptor: 5, stream: 0x77)
    }
    #expect(empty.rules == [.abandonedThread])
  }

  /// fclose has closed the descriptor and not returned yet: the number may be the next file's by then.
  @Test func whoClosesAStreamIsNotInsideTheClosingOfTheNextFileOfItsNumber() {
    let next = file(5, opener: 1, stream: 0x88, unflushed: 3)
    #expect(
      result(next) { $0.operation = RecordedOperation(kind: .close, descriptor: 5, stream: 0x77) }.rules
        == [.abandonedThread])
  }

  @Test func theWriterOfMainsFileIsAccusedAndItsOpenerShownUnderCreated() {
    let finding = result(file(5, opener: 1, stream: 0x77)) {
      $0.operation = RecordedOperation(kind: .streamWrite, descriptor: nil, stream: 0x77)
    }.only(.abandonedFile)
    #expect(finding?.thread?.identity.name == "logger")
    #expect(finding?.level == .error)
    #expect(finding?.acquired == nil)
    #expect(finding?.created?.frames.map(\.address) == [0xF000])
  }

  @Test func theLastWriterOfLostBytesIsAccused() {
    let process = file(5, opener: 1, writer: 2, stream: 0x77, unflushed: 9)
    #expect(result(process, exit: .underscore).only(.abandonedFile)?.thread?.identity.number == 2)
    #expect(result(process).rules == [.abandonedThread])
  }

  @Test func filesOfTheMainThreadAndOfEndedThreadsAreNobodysLeak() {
    let ended = thread(2) { $0.lifecycle = .ended(joined: true) }
    let files = [file(5, opener: 1), file(6, opener: 2), file(7, opener: 99)]
    #expect(report(sampleProcess([exitingThread(), ended], files: files)).findings.isEmpty)
    let killed = sampleProcess([thread(1)], exit: .none, phase: .running, exiting: nil, files: [file(5, opener: 1)])
    #expect(report(killed, .signaled(9)).findings.isEmpty)
  }

  @Test func aKilledProcesssDeviceIsNoRegularFile() {
    let device = file(5, "/dev/null", opener: 2, regular: nil)
    #expect(result(device, ending: .signaled(9)).only(.abandonedFile)?.level == .note)
    #expect(result(file(5, opener: 2, regular: nil), ending: .signaled(9)).only(.abandonedFile)?.level == .warning)
  }

  @Test func anOpenerWhoseFileAnotherWritesHasSomethingAllTheSame() {
    let writer = daemon(3, "writer") { $0.operation = RecordedOperation(kind: .write, descriptor: 5, stream: nil) }
    let process = sampleProcess([exitingThread(), daemon(2, "opener"), writer], files: [file(5, opener: 2)])
    #expect(report(process).rules == [.abandonedFile])
  }
}
