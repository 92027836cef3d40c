// Bad surroundings: each run works, or ends with one line that says what happened; the program's own work is never harmed.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite(.timeLimit(.minutes(3))) struct BadInputTests {
  /// Runs a command of bash, in which `$straggler` and `$leak` are paths and `$folder` is a fresh folder.
  private func shell(_ script: String, privately: Bool = false) throws -> CommandResult {
    let folder = TestPrograms.freshPath("surroundings")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let all = "straggler=$1 leak=$2 folder=$3; " + script
    let words = ["bash", "-c", all, "bash", TestPrograms.straggler, TestPrograms.leak, folder]
    return try runProgram("/usr/bin/env", (privately ? ["unshare", "-m"] : []) + words)
  }

  private func expectLeakFound(_ result: CommandResult, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(result.end == .status(23), "\(result.errorOutput)", sourceLocation: sourceLocation)
    #expect(result.errorOutput.contains("[abandoned-lock]"), sourceLocation: sourceLocation)
  }

  private func expectOneLine(
    _ result: CommandResult, _ words: String, status: Int = 125, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.end == .status(status), sourceLocation: sourceLocation)
    #expect(result.lines.count == 1, "\(result.errorOutput)", sourceLocation: sourceLocation)
    #expect(result.errorOutput.contains(words), "\(result.errorOutput)", sourceLocation: sourceLocation)
  }

  // MARK: Temporary folders

  @Test(arguments: [
    "TMPDIR=", "TMPDIR=\"$folder/$(printf 'long%.0s' {1..40})\"", "TMPDIR=\"$folder/a b:c\"", "TMPDIR=.",
  ])
  func anUnusualTemporaryFolderWorks(setting: String) throws {
    expectLeakFound(
      try shell("cd \"$folder\"; mkdir -p 'a b:c' $(printf 'long%.0s' {1..40}); \(setting) $straggler run -- $leak"))
  }

  @Test(arguments: ["/no/such/folder", "$leak"]) func aTemporaryFolderThatIsNoneIsSaid(folder: String) throws {
    expectOneLine(try shell("TMPDIR=\(folder) $straggler run -- $leak"), "can't make a private folder in")
  }

  /// The recorder of a child that has gone elsewhere must find the socket.
  @Test func childrenInOtherFoldersAreObservedWithARelativeTemporaryFolder() throws {
    expectLeakFound(
      try shell("cd \"$folder\"; TMPDIR=. $straggler run -- /bin/sh -c \"cd /; $leak; exit 0\""))
  }

  @Test func nothingIsLeftInTheTemporaryFolder() throws {
    let result = try shell("TMPDIR=$folder $straggler run --report text=/dev/null -- $leak; ls -A $folder")
    #expect(result.output.isEmpty)
  }

  // MARK: Streams

  @Test func aRunWithoutAnyStreamWritesItsReport() throws {
    let result = try shell(
      """
      (exec $straggler run --report text=$folder/report -- $leak) <&- >&- 2>&-; status=$?
      cat $folder/report; exit $status
      """)
    #expect(result.end == .status(23))
    #expect(result.output.contains("[abandoned-lock]"))
  }

  /// A descriptor of ours under one of these numbers would be written to as the program's output.
  @Test func closedStreamsAreClosedInTheProgram() throws {
    let look = "/bin/sh -c 'for i in 0 1 2; do test -e /proc/$$/fd/$i && echo $i open >> '$folder'/open; done; exit 0'"
    let result = try shell(
      """
      (exec \(look)) <&- >&- 2>&-; mv $folder/open $folder/alone 2>/dev/null
      (exec $straggler run --report text=/dev/null -- \(look)) <&- >&- 2>&-
      cmp $folder/open $folder/alone || ! test -e $folder/open
      """)
    #expect(result.end == .status(0), "\(result.output)")
  }

  @Test func aFullStandardOutputIsTheProgramsOwnAffair() throws {
    expectLeakFound(try shell("$straggler run -- $leak > /dev/full"))
  }

  @Test func aFullStandardErrorIsAFailureOfOurs() throws {
    #expect(try shell("$straggler run -- $leak 2> /dev/full").end == .status(125))
  }

  // MARK: Limits

  @Test(arguments: ["-n 16", "-u 0", "-i 0", "-s 1024", "-s 64", "-c 0", "-l 0", "-q 0"])
  func aLimitThatLeavesRoomWorks(limit: String) throws {
    expectLeakFound(try shell("ulimit \(limit); $straggler run -- $leak"))
  }

  @Test func aLimitOfFileSizesIsSaid() throws {
    expectOneLine(
      try shell("ulimit -S -f 0; $straggler run --report json=$folder/report -- $leak"),
      "can't be written: File too large")
  }

  @Test func tooFewDescriptorsAreSaid() throws {
    let result = try shell("ulimit -n 6; $straggler run -- $leak")
    #expect([.status(125), .status(126)].contains(result.end))
    #expect(result.lines.count == 1, "\(result.errorOutput)")
  }

  // MARK: Places

  @Test func aWorkingFolderThatIsGoneWorks() throws {
    expectLeakFound(try shell("cd $folder; rmdir $folder; $straggler run -- $leak"))
  }

  @Test func anEmptyEnvironmentWorks() throws {
    expectLeakFound(try shell("env -i $straggler run -- $leak"))
  }

  /// Another program's names at the same addresses would be wrong.
  @Test(arguments: ["rm $program", "rm $program; cp /bin/true $program"])
  func aProgramThatIsReplacedWhileItRunsHasNoWrongNames(how: String) throws {
    let report = try report(
      of: """
        export program=$folder/program; cp \(TestPrograms.replaced) $program
        $straggler run --report json=$folder/report -- $program '\(how)'; cat $folder/report
        """)
    let finding = try #require(report.findings.first { $0.rule == .abandonedLock })
    #expect(finding.acquired?.frames.first?.function == nil)
    #expect(finding.resource?.name == nil)
  }

  private func report(of script: String) throws -> Report {
    try JSONReport.decode(Array(try shell(script).output.utf8))
  }

  // MARK: File systems

  @Test(.enabled(if: getuid() == 0, "only root can mount")) func aFullDiskIsSaid() throws {
    let result = try shell(
      """
      mount -t tmpfs -o size=4k none $folder && cat /dev/zero > $folder/all 2>/dev/null
      $straggler run --report json=$folder/report -- $leak; status=$?
      ls $folder; exit $status
      """, privately: true)
    expectOneLine(result, "can't be written: No space left on device")
    #expect(result.output == "all\n")
  }

  @Test(.enabled(if: getuid() == 0, "only root can mount")) func aReadOnlyTemporaryFolderIsSaid() throws {
    expectOneLine(
      try shell("mount -t tmpfs -o ro none $folder; TMPDIR=$folder $straggler run -- $leak", privately: true),
      "Read-only file system")
  }

  @Test(.enabled(if: getuid() == 0, "only root can mount")) func withoutSharedMemoryEverythingWorks() throws {
    expectLeakFound(
      try shell("mount -t tmpfs -o ro none /dev/shm; $straggler run -- $leak", privately: true))
  }

  /// Swift has a program's arguments from there: without them another command would be run.
  @Test(.enabled(if: getuid() == 0, "only root can mount")) func withoutProcNothingIsRun() throws {
    let result = try shell("umount -l /proc; $straggler run -- /bin/echo ran", privately: true)
    expectOneLine(result, "/proc is not there")
    #expect(result.output.isEmpty)
  }

  @Test(.enabled(if: getuid() == 0, "only root can mount")) func aProgramWithoutProcIsReported() throws {
    let result = try shell("$straggler run -- /bin/sh -c \"umount -l /proc; $leak; exit 0\"", privately: true)
    expectLeakFound(result)
  }
}
