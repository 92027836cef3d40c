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

  /// The limit of file sizes is the program's, and no way to end for who says why it was not run.
  @Test func aLineThatCannotBeWrittenLeavesTheStatus() throws {
    #expect(try shell("ulimit -f 0; $straggler run -- /no/such/program 2> $folder/error").end == .status(127))
  }

  /// A report that took the file's place would take what the program has written with it.
  @Test(arguments: ["$folder/out", "/dev/stdout", "/dev/fd/1", "/dev/stderr"])
  func aReportInTheFileThatAStreamLeadsToLeavesTheProgramsOutput(name: String) throws {
    let run = "$straggler run --report json=\(name) -- sh -c 'echo before; echo after >&2'"
    let result = try shell("\(run) > $folder/out 2>&1; status=$?; cat $folder/out; exit $status")
    #expect(result.end == .status(0), "\(result.errorOutput)")
    #expect(result.output.hasPrefix("before\nafter\n{"), "\(result.output)")
  }

  @Test(.enabled(if: hasOrdinaryUser, "the Swift toolchain has to be where an ordinary user can read it"))
  func aReportThatMayNotBeWrittenIsSaidBeforeTheProgramRuns() throws {
    let closed = Self.asOrdinaryUser + "mkdir -m 555 $folder/closed; touch $folder/old; chmod 444 $folder/old;"
    for place in ["closed/report", "old"] {
      let result = try shell(closed + "$user $straggler run --report json=$folder/\(place) -- /bin/pwd")
      expectOneLine(result, "\(place) can't be written: Permission denied")
      #expect(result.output.isEmpty)
    }
  }

  /// The file is looked at before the run; what goes wrong afterwards is ours, whatever the program returned.
  @Test(arguments: ["0", "7"]) func aReportThatCannotBeWrittenIsAFailureOfOurs(status: String) throws {
    expectOneLine(
      try shell("$straggler run --report json=/dev/full -- $leak \(status)"),
      "/dev/full can't be written: No space left on device")
  }

  // MARK: Limits

  /// Root may have any number of processes, whatever the limit.
  private static let limits =
    ["-n 16", "-i 0", "-s 1024", "-s 64", "-c 0", "-l 0", "-q 0"] + (getuid() == 0 ? ["-u 0"] : [])

  @Test(arguments: limits) func aLimitThatLeavesRoomWorks(limit: String) throws {
    expectLeakFound(try shell("ulimit \(limit); $straggler run -- $leak"))
  }

  /// In kilobytes. What a debug build itself needs of either is a tenth.
  @Test(arguments: ["-v 2000000", "-d 500000"]) func aLimitOfMemoryThatLeavesRoomWorks(limit: String) throws {
    expectLeakFound(try shell("ulimit \(limit); $straggler run -- $leak"))
  }

  /// The soft limits are the program's: straggler raises its own.
  @Test(arguments: ["-v 100000", "-d 20000", "-d 50000"]) func aSoftLimitOfMemoryIsTheProgramsAlone(limit: String)
    throws
  {
    let run = "ulimit -S \(limit); $straggler run"
    expectLeakFound(try shell("\(run) -- $leak"))
    let alone = try shell("ulimit -S \(limit); ulimit -Sa; ulimit -Ha")
    let observed = try shell("\(run) --report text=/dev/null -- bash -c 'ulimit -Sa; ulimit -Ha; exit 0'")
    #expect(observed.end == .status(0) && observed.output == alone.output, "\(observed.errorOutput)")
  }

  /// What builds a fixture has it, too.
  @Test func aSoftLimitOfMemoryIsThatOfACheckedProgram() throws {
    let result = try shell(
      """
      cat > $folder/limit.sh <<'END'
      # Prints its limit, and that of what made it.
      # BUILD: { echo '# made of %s' > /dev/null; echo '#!/bin/bash'; echo 'ulimit -S -d'; echo "echo built with $(ulimit -S -d)"; } > %t; chmod +x %t
      # OUTPUT: 50000
      # OUTPUT: built with 50000
      END
      ulimit -S -d 50000; $straggler check $folder/limit.sh
      """)
    #expect(result.end == .status(0), "\(result.output)\(result.errorOutput)")
  }

  @Test(arguments: ["-v 100000", "-v 200000", "-d 20000", "-d 50000", "-d 100000"], ["run -- $leak", "explain"])
  func aHardLimitOfMemoryThatIsTooLowIsSaid(limit: String, command: String) throws {
    let result = try shell("ulimit \(limit); $straggler \(command)")
    expectOneLine(result, "the hard limit of memory (ulimit -H \(limit.prefix(2))) is \(limit.dropFirst(3)) kilobytes")
    #expect(result.output.isEmpty)
  }

  /// The environment lies on the stack, too, and what the loader needs of it depends on the processor's registers.
  @Test func aSmallStackWorks() throws {
    expectLeakFound(try shell("ulimit -S -s 32; exec env -i setarch -R $straggler run -- $leak"))
  }

  /// What a program that was ended before the recorder attached may have lacked.
  @Test(arguments: [
    ("ulimit -S -s 60", "raise the limit of stacks (ulimit -s), which is 60 kilobytes"),
    ("ulimit -S -s 1024", "run it without straggler to see whether it starts at all"),
  ]) func anEndBeforeTheRecorderAttachedIsSaid(limit: String, remedy: String) throws {
    expectOneLine(
      try shell("\(limit); exec env -i $straggler run -- \(TestPrograms.faulting)"),
      "the recorder did not attach to \(TestPrograms.faulting), which was ended by signal 11: nothing was observed; \(remedy)\n"
    )
  }

  @Test func aLimitOfFileSizesIsSaid() throws {
    expectOneLine(
      try shell("ulimit -S -f 0; $straggler run --report json=$folder/report -- $leak"),
      "can't be written: File too large")
  }

  /// Under this limit the record has room for 32 threads, 16 sections, 64 names, and half a megabyte of stacks (LimitTests).
  @Test func whatTheRecorderHadNoRoomForIsSaidInTheReport() throws {
    let scenario = "\(TestPrograms.limits) more-than-the-smallest-arena-has-room-for"
    let run = "ulimit -f 4000; $straggler run --fail-on never --report text --report json=$folder/report -- \(scenario)"
    let report = try report(of: "\(run) > /dev/null; cat $folder/report")
    let lines = report.unseen.compactMap { line in
      line.wholeMatch(of: /([0-9]+) (.*): the recorder had no room for them/).map { ($0.1, $0.2) }
    }
    #expect(lines.map(\.1) == ["threads", "critical sections", "names of locks", "stacks of stopped threads"])
    #expect(lines.prefix(3).map(\.0) == ["10", "4", "6"])
    #expect(report.lost == lines.reduce(0) { $0 + (Int($1.0) ?? 0) })
    let text = try shell(run).lines
    for line in report.unseen { #expect(text.contains { $0.contains(line) }, "\(line)") }
    #expect(text.contains { $0.contains("incomplete: the recorder had no room for \(report.lost) entries") })
  }

  /// Closes what the tests were started with.
  private static let closeAll = "for fd in $(ls /proc/$$/fd); do test $fd -lt 3 || eval \"exec $fd>&-\"; done"
  private static let leaveFewDescriptors = "\(closeAll); ulimit -n 20"

  /// With three the loader can't load straggler.
  @Test(arguments: 4...8) func tooFewDescriptorsAreSaid(count: Int) throws {
    let result = try shell("\(Self.closeAll); ulimit -n \(count); $straggler run -- $leak")
    if result.end == .status(23) { return expectLeakFound(result) }
    expectOneLine(result, "raise the limit of open files (ulimit -n)")
    #expect(count < 8 && !result.errorOutput.contains("children"), "\(result.errorOutput)")
  }

  @Test(.enabled(if: hasOrdinaryUser, "root may have any number of processes"))
  func aLimitOfProcessesThatLeavesNoRoomIsSaid() throws {
    expectOneLine(
      try shell(Self.asOrdinaryUser + "$user bash -c \"ulimit -u 0; exec $straggler run -- $leak\""),
      "can't start a process for ")
  }

  /// Their records wait in the socket until others were read.
  @Test func manyProcessesAtOnceNeedNoMoreDescriptorsThanThereAre() throws {
    let report = try report(
      of: """
        \(Self.leaveFewDescriptors)
        $straggler run --report json=$folder/report -- sh -c "for i in $(seq -s ' ' 60); do $leak & done; wait; exit 0"
        cat $folder/report
        """)
    #expect(report.children.count == 60)
    #expect(report.children.allSatisfy { $0.findings.contains { $0.rule == .abandonedLock } })
    #expect(report.unseen == [])
  }

  /// As long as they live, these keep what descriptors there are.
  @Test func processesForWhoseRecordsNoDescriptorIsLeftAreNamed() throws {
    let report = try report(
      of: """
        \(Self.leaveFewDescriptors)
        printf 'echo $$ >> %s; exec sleep 1000 > /dev/null 2>&1' $folder/sleepers > $folder/sleeper
        $straggler run --report json=$folder/report -- sh -c "
          for i in $(seq -s ' ' 30); do sh $folder/sleeper & done
          until test \\$(wc -l < $folder/sleepers) = 30; do :; done 2> /dev/null; exit 0"
        kill $(cat $folder/sleepers)
        cat $folder/report
        """)
    let running = report.unseen.count { $0.contains("it still ran when the program ended") }
    let unread = try #require(report.unseen.first { $0.contains("no descriptor was left to take the record with") })
    let count = try #require(unread.firstMatch(of: /\((\d+)\)/).flatMap { Int($0.output.1) })
    // Of some the shell's own record was taken, and not that of what they became; others counted the sleepers.
    #expect(running > 0 && count >= 30 - running, "\(report.unseen)")
  }

  /// It is not for its environment that the last image has no record.
  @Test func aLastImageForWhoseRecordNoDescriptorIsLeftIsSaid() throws {
    expectOneLine(
      try shell(
        """
        \(Self.leaveFewDescriptors)
        printf 'echo $$ >> %s; exec sleep 1000 > /dev/null 2>&1' $folder/sleepers > $folder/sleeper
        $straggler run -- sh -c "
          for i in $(seq -s ' ' 30); do sh $folder/sleeper & done
          until test \\$(wc -l < $folder/sleepers) = 30; do :; done 2> /dev/null; exec $leak"; status=$?
        kill $(cat $folder/sleepers); exit $status
        """), "raise the limit of open files (ulimit -n)")
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

  // MARK: Programs

  /// Another user than root, where the tests are root's; the folder is copied to, since a user may be kept out of others.
  private static let asOrdinaryUser = """
    user=; test $(id -u) != 0 || user="setpriv --reuid 65534 --regid 65534 --clear-groups"
    cp $straggler $(dirname $straggler)/libStragglerPreload.so $folder/; straggler=$folder/straggler
    chmod 755 $folder $folder/*;
    """

  private static let hasOrdinaryUser: Bool = {
    let version = try? BadInputTests().shell(asOrdinaryUser + "$user $straggler --version")
    return version?.end == .status(0)
  }()

  @Test(.enabled(if: hasOrdinaryUser, "the Swift toolchain has to be where an ordinary user can read it"))
  func aProgramThatNobodyMayReadIsRefused() throws {
    expectOneLine(
      try shell(
        Self.asOrdinaryUser
          + "cp $leak $folder/closed; chmod 111 $folder/closed; $user $straggler run -- $folder/closed"),
      "closed can't be read (Permission denied)", status: 126)
  }

  @Test func aProgramWhoseLoaderIsMissingIsRefused() throws {
    let result = try shell("$straggler run -- \(TestPrograms.lostLoader)")
    expectOneLine(result, "needs the loader /no/such/loader, which is not there", status: 126)
  }

  /// A header of 32 bits: e_ident, ET_EXEC, EM_386 (elf(5)).
  @Test func aProgramOf32BitsIsRefused() throws {
    expectOneLine(
      try shell(
        """
        { printf '\\177ELF\\001\\001\\001'; head -c 9 /dev/zero; printf '\\002\\000\\003\\000\\001\\000\\000\\000'; \
          head -c 500 /dev/zero; } > $folder/old
        chmod +x $folder/old; $straggler run -- $folder/old
        """),
      "old is not for this machine", status: 126)
  }

  /// Whether a file can get capabilities here, and a user without any be had to run it.
  private static let hasCapabilities: Bool = {
    let script = "cp /bin/true \"$1\" && setcap cap_net_raw+ep \"$1\" && setpriv --reuid 65534 --clear-groups \"$1\""
    let result = try? runProgram("/bin/sh", ["-c", script, "sh", TestPrograms.freshPath("capable")])
    return getuid() == 0 && hasOrdinaryUser && result?.end == .status(0)
  }()

  private static let gainsRights =
    ["chown 65534 $folder/gaining; chmod 4755 $folder/gaining; user="]
    + (hasCapabilities ? ["setcap cap_net_raw+ep $folder/gaining"] : [])

  @Test(.enabled(if: getuid() == 0, "only root can give rights to a file"), arguments: gainsRights)
  func aProgramThatGainsRightsIsRefusedAndIsNotPassedOverInARun(how: String) throws {
    let gaining = Self.asOrdinaryUser + "cp $leak $folder/gaining; \(how);"
    expectOneLine(
      try shell(gaining + "$user $straggler run -- $folder/gaining"), "preloads nothing into it", status: 126)
    let child = try shell(gaining + "$user $straggler run -- /bin/sh -c \"$folder/gaining; exit 0\"")
    expectOneLine(child, "it was not possible to see: process ", status: 0)
    let image = try shell(gaining + "$user $straggler run -- /bin/sh -c \"exec $folder/gaining\"")
    expectOneLine(image, "replaced itself by a program that the recorder did not attach to")
  }

  /// Skipped, and so visible, where the test above has set-user-ID alone to try.
  @Test(.enabled(if: hasCapabilities, "setcap and a file system that keeps what it sets are needed"))
  func capabilitiesAreAmongTheRightsThatWereTried() { #expect(Self.gainsRights.count == 2) }

  // MARK: Filters

  struct Filter: Sendable, CustomTestStringConvertible {
    var refusal: String
    /// Words of the shell.
    var program = "$leak"
    /// What is said instead of a report.
    var words: String?
    var testDescription: String { "\(refusal) \(program)" }
  }

  /// What a container's filter refuses and how: of the calls that the recorder makes, and straggler for a program.
  static let filters = [
    Filter(refusal: "EPERM process_vm_readv"), Filter(refusal: "ENOSYS process_vm_readv"),
    Filter(refusal: "EPERM pidfd_open", program: "sh -c \"$leak; exit 0\""),
    Filter(refusal: "ENOSYS pidfd_open", program: "sh -c \"$leak; exit 0\""),
    // The exit needs the threads that the recorder has stopped.
    Filter(refusal: "EPERM timer_create", program: TestPrograms.flushing),
    Filter(refusal: "ENOSYS timer_create", program: TestPrograms.flushing),
    Filter(refusal: "EPERM rt_tgsigqueueinfo"),
    Filter(refusal: "EPERM process_vm_readv,ptrace,pidfd_open,timer_create"),
    Filter(refusal: "EPERM memfd_create", words: "the recorder did not attach to "),
    Filter(refusal: "ENOSYS memfd_create", words: "the recorder did not attach to "),
    Filter(refusal: "EPERM madvise", words: "the recorder did not attach to "),
    Filter(refusal: "EPERM connect", words: "the recorder did not attach to "),
    Filter(refusal: "EPERM sendmsg", words: "the recorder did not attach to "),
    Filter(refusal: "EPERM socket", words: "can't make a socket for the recorder: "),
    Filter(refusal: "EPERM signalfd4", words: "can't read signals from a descriptor: "),
  ]

  @Test(arguments: filters)
  func underAFilterTheLeakIsFoundOrALineSaysWhatHappened(filter: Filter) throws {
    let result = try shell("\(TestPrograms.filtered) \(filter.refusal) $straggler run -- \(filter.program)")
    if let words = filter.words { expectOneLine(result, words) } else { expectLeakFound(result) }
  }

  /// Then it is known what they wait for, and not how they came there.
  @Test(arguments: ["EPERM ptrace", "EPERM ptrace,process_vm_readv"])
  func anExitThatDoesNotEndIsEndedWhereItsThreadsMayNotBeStopped(refusal: String) throws {
    let result = try shell("\(TestPrograms.filtered) \(refusal) $straggler run -- \(TestPrograms.deadlock)")
    #expect(result.end == .status(23), "\(result.errorOutput)")
    #expect(result.errorOutput.contains("[deadlocked-exit]"))
    #expect(result.errorOutput.contains("stood: ptrace(2) could not stop it"), "\(result.errorOutput)")
  }

  // MARK: File systems

  /// The loader splits LD_PRELOAD at blanks: the library is reached through a link in the temporary folder.
  @Test func aLibraryThatTheLoaderCannotBeToldOfNeedsATemporaryFolderThatItCan() throws {
    let copied =
      "mkdir \"$folder/a b\" $folder/c; cp $straggler $(dirname $straggler)/libStragglerPreload.so \"$folder/a b/\";"
    expectLeakFound(try shell(copied + "TMPDIR=$folder/c \"$folder/a b/straggler\" run -- $leak"))
    expectOneLine(
      try shell(copied + "TMPDIR=\"$folder/a b\" \"$folder/a b/straggler\" run -- $leak"),
      "can stand in LD_PRELOAD: let TMPDIR name a folder without blanks and colons")
  }

  @Test(
    .enabled(if: getuid() == 0, "only root can mount"),
    arguments: [(1, "can't make a private folder in "), (2, "can't listen on ")])
  func aFullTemporaryFolderIsSaid(filesThatFit: Int, words: String) throws {
    let result = try shell(
      """
      mount -t tmpfs -o nr_inodes=\(filesThatFit) none $folder; TMPDIR=$folder $straggler run -- $leak; status=$?
      ls -A $folder; exit $status
      """, privately: true)
    expectOneLine(result, words)
    #expect(result.errorOutput.contains("No space left on device"))
    #expect(result.output.isEmpty)
  }

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

  @Test(.enabled(if: getuid() == 0, "only root can mount")) func aProgramWhereNothingMayBeExecutedIsRefused() throws {
    let result = try shell(
      "mount -t tmpfs -o noexec none $folder; cp $leak $folder/leak; $straggler run -- $folder/leak", privately: true)
    expectOneLine(result, "may not be executed: by this user, or in its file system (noexec)", status: 126)
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
