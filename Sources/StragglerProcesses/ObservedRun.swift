// One run of a program under observation: a single loop over signals, recorders, processes and time.

internal import CStragglerSystem
internal import Glibc
internal import StragglerModel

/// Starts a program, stays out of its way, and gathers what its recorders leave.
public enum ObservedRun {
  /// Runs the program to its end.
  ///
  /// The calling thread's signal mask, the disposition of SIGCHLD and the limit of open files are changed for the time
  /// of the call. To be called from the only thread of a process: elsewhere signals may reach another thread.
  ///
  /// - Throws: `ObservationError`: what `straggler run` says and ends with instead of a report.
  public static func run(_ request: ObservationRequest) throws(ObservationError) -> Observation {
    var inherited = try InheritedState.change()
    let result: Result<Observation, ObservationError>
    do throws(ObservationError) {
      let loop = try ObservationLoop(request, &inherited)
      result = .success(try loop.run())
    } catch {
      result = .failure(error)
    }
    try inherited.restore()
    return try result.get()
  }
}

/// The loop's state, for one run.
private final class ObservationLoop {
  /// How often the arenas of exiting processes are looked at, in milliseconds.
  private static let tick: Int32 = 20
  /// How long the ends of other processes are waited for when the program has ended, in nanoseconds.
  private static let graceOfExits: UInt64 = 1_000_000_000
  private static let graceOfTheKilled: UInt64 = 200_000_000
  /// How long records that wait for a descriptor are taken one after the other.
  private static let graceOfTheWaiting: UInt64 = 10_000_000_000

  private let directory: PrivateDirectory
  private let socket: RecorderSocket
  private let signals: SignalRelay
  private let program: SpawnedProgram
  private let images: ImageCollection
  private let name: String
  private let library: String
  private var forced: ForcedEnding?
  private var paused: UInt64 = 0

  init(_ request: ObservationRequest, _ inherited: inout InheritedState) throws(ObservationError) {
    directory = try PrivateDirectory(parent: request.temporaryFolder)
    socket = try RecorderSocket(in: directory)
    signals = try SignalRelay()
    library = try request.preload.pathForLoader(in: directory)
    let environment = PreloadEnvironment(
      library: library, socket: socket.path, seccompFilters: ProcFile.ownSeccompFilters())
    program = try SpawnedProgram(
      request.program, environment: environment.variables(from: request.environment), inherited: &inherited)
    images = ImageCollection(mainID: program.processID, request: request)
    name = request.program.path
  }

  func run() throws(ObservationError) -> Observation {
    var end: ProgramChange?
    while end == nil {
      wait()
      relaySignals()
      end = try followProgram()
      attachRecorders()
      images.helpExits()
      images.finishEndedChildren()
      if end == nil, let verdict = images.endHopelessExits(now: Clock.now(), paused: paused) { forced = verdict }
    }
    // What came to the whole process group was for the program, whose end it may have been: left waiting, it would be ours.
    relaySignals()
    return try observation(end: end!)
  }

  private func wait() {
    let descriptors = [signals.descriptor.number] + socket.descriptors + images.descriptors
    var requests = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&requests, nfds_t(requests.count), Self.tick)
  }

  private func relaySignals() {
    for signal in signals.received() {
      let isForProgram = SignalRelay.isForProgram(
        signal, ownID: getpid(), leadsSession: getsid(0) == getpid()
      ) { sender in
        ProcessTree.isDescendant(sender, of: program.processID)
      }
      if isForProgram { kill(program.processID, signal.number) }
    }
  }

  /// Those that end with what is attached make room for others, which wait in the socket.
  private func attachRecorders() {
    var isProgress: Bool
    repeat {
      // For stopping threads, and asking /proc. The program itself is always taken.
      let hellos = socket.receive(spare: images.hasLiveImages ? 6 : 0)
      for hello in hellos { images.attach(hello) }
      isProgress = !hellos.isEmpty
    } while socket.isFull && isProgress
  }

  /// Returns the program's end; stops with it on the way.
  private func followProgram() throws(ObservationError) -> ProgramChange? {
    var changes = try program.changes()
    while !changes.isEmpty {
      let change = changes.removeFirst()
      switch change {
      case .exited, .signaled: return change
      case .stopped(let signal): changes += try stop(by: signal)
      case .continued: break
      }
    }
    return nil
  }

  /// Job control: stopped with the program, so that the shell sees its job stopped, and continued before it. Returns what became of
  /// the program meanwhile.
  private func stop(by signal: Int32) throws(ObservationError) -> [ProgramChange] {
    let isJobControl = [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal)
    // It may have been continued since.
    guard ProcessTree.isStopped(program.processID) else { return [] }
    let begun = Clock.now()
    // An orphaned process group ignores the others: then there is no shell that waits for this job to stop.
    straggler_system_stop_self(isJobControl ? signal : SIGSTOP)
    paused += Clock.now() - begun
    // A program that was brought back with us says so, and may have been stopped once more since: that stop is to last.
    let changes = try program.changes()
    if changes.isEmpty, ProcessTree.isStopped(program.processID) { kill(program.processID, SIGCONT) }
    return changes
  }

  // MARK: The end

  private func observation(end: ProgramChange) throws(ObservationError) -> Observation {
    let (ending, imageEnding) = endings(of: end)
    let last = try program.reap()
    // The program's last image may still wait for a descriptor.
    let begun = Clock.now()
    repeat {
      attachRecorders()
    } while socket.isFull && images.finishEndedChildren() && Clock.now() - begun < Self.graceOfTheWaiting
    let main = try mainImage(imageEnding, ending, last)
    awaitOthers(killed: ending != .exited(0))
    let outliving = images.readOutliving()
    socket.dismissWaiting()
    let others = images.finished.filter { $0.order != main.order }.sorted { $0.order < $1.order }
    return Observation(
      ending: ending, main: main, others: others,
      unattached: images.unattachedPrograms(besides: socket.unreceived),
      unreceived: images.observesChildren ? socket.unreceived : [], outliving: outliving)
  }

  private func endings(of end: ProgramChange) -> (ProgramEnding, ImageEnding) {
    switch end {
    case .signaled(SIGKILL) where forced != nil: (.forced(forced!), .forced(forced!))
    case .signaled(let signal): (.signaled(signal), .signaled(signal))
    case .exited(let status): (.exited(status), .exited(status))
    case .stopped, .continued: preconditionFailure("not an end")
    }
  }

  private func mainImage(
    _ ending: ImageEnding, _ how: ProgramEnding, _ last: LastSight
  ) throws(ObservationError) -> ObservedImage {
    let recorded = images.finishMain(ending)
    if isUnread(recorded, ending, last) {
      throw ObservationError(
        .failed,
        "no descriptor was left to take the record of \(name) with, which \(Self.words(for: how))"
          + (images.hasLiveImages ? ", as its children still live" : "") + ": raise the limit of open files (ulimit -n)"
      )
    }
    guard var main = recorded else {
      throw ObservationError(
        .failed,
        "the recorder did not attach to \(name), which \(Self.words(for: how)): nothing was observed; "
          + Self.remedy(for: how))
    }
    if case .success(let process) = main.recorded, case .exited = ending,
      UnseenExec.happened(to: process, lastName: last.name)
    {
      let cause = UnseenCause(user: last.user, runner: getuid(), library: library, socket: socket.path)
      throw ObservationError(
        .failed,
        "\(process.executable) replaced itself by a program that the recorder did not attach to and that "
          + "\(Self.words(for: how)): \(cause.words)")
    }
    // A process that was just being ended by us may have come to its own end first.
    main.ending = ending
    return main
  }

  /// In kilobytes: with less than this of a stack the loader or the recorder may not come through a program's start, and ends by SIGSEGV.
  private static let enoughStack: rlim_t = 64

  private static func remedy(for ending: ProgramEnding) -> String {
    var limit = rlimit()
    guard ending == .signaled(SIGSEGV), getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
      limit.rlim_cur / 1024 < enoughStack
    else { return "run it without straggler to see whether it starts at all" }
    return "raise the limit of stacks (ulimit -s), which is \(limit.rlim_cur / 1024) kilobytes"
  }

  /// Whether the program's last image had a record, which waited in the socket for a descriptor until now.
  private func isUnread(_ recorded: ObservedImage?, _ ending: ImageEnding, _ last: LastSight) -> Bool {
    if let recorded {
      guard case .success(let process) = recorded.recorded, case .exited = ending,
        UnseenExec.happened(to: process, lastName: last.name)
      else { return false }
    }
    // From here on the run has failed, whatever else waits.
    socket.dismissWaiting()
    return socket.unreceived.contains(program.processID)
  }

  private static func words(for ending: ProgramEnding) -> String {
    switch ending {
    case .exited(let status): "ended with status \(status)"
    case .signaled(let signal): "was ended by signal \(signal)"
    case .forced: "was ended by straggler"
    }
  }

  /// Processes that are just exiting, or were killed with the program, get a moment; background ones are left alone.
  private func awaitOthers(killed: Bool) {
    let begun = Clock.now()
    while true {
      attachRecorders()
      images.helpExits()
      // What had ended makes room for what still waits in the socket.
      if images.finishEndedChildren(), socket.isFull, Clock.now() - begun < Self.graceOfTheWaiting { continue }
      _ = images.endHopelessExits(now: Clock.now(), paused: paused)
      let grace = images.hasExitUnderWay ? Self.graceOfExits : killed ? Self.graceOfTheKilled : 0
      guard images.hasLiveImages, Clock.now() - begun < grace else { return }
      wait()
    }
  }
}
