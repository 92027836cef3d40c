// The images of one run: from the moment their recorders attach until they have ended and are read.

internal import CStragglerArena
internal import StragglerModel

/// Keeps every image's state. A class, for one run and one thread.
final class ImageCollection {
  private struct Live {
    var order: Int
    var image: AttachedImage
    var watch: ExitWatch
    var pausedBefore: UInt64 = 0
    /// The final record of a process whose threads we stopped for it.
    var stopped: RecordedProcess?
  }

  private let mainID: Int32
  var observesChildren: Bool { request.observesChildren }
  private let request: ObservationRequest
  private var live: [Live] = []
  private var attached = 0
  private var unattached = UnattachedCollection()
  /// Threads that were stopped for their process and are just ending.
  private var traced: [Int32] = []
  private(set) var finished: [ObservedImage] = []

  init(mainID: Int32, request: ObservationRequest) {
    self.mainID = mainID
    self.request = request
  }

  /// Descriptors that become readable when a process has ended.
  var descriptors: [Int32] { live.compactMap { $0.image.process?.number } }
  var hasExitUnderWay: Bool { live.contains { $0.image.exitState?.begun != nil && !$0.image.hasEnded } }
  var hasLiveImages: Bool { live.contains { !$0.image.hasEnded } }

  /// Takes a recorder's hello. An earlier image of the same process has been replaced by this one.
  func attach(_ hello: ReceivedHello) {
    finish({ $0.processID == hello.processID }) { _ in .replaced }
    unattached.attach(hello.processID)
    let image = AttachedImage(hello)
    let isMain = hello.processID == mainID
    guard isMain || (request.observesChildren && request.keepsExecutable(image.executable)) else { return }
    live.append(Live(order: attached, image: image, watch: ExitWatch(timeout: request.exitTimeout)))
    attached += 1
  }

  /// Reads and lets go of the children that have ended.
  ///
  /// - Returns: whether there were any.
  @discardableResult func finishEndedChildren() -> Bool {
    let before = live.count
    finish({ $0.processID != mainID && $0.hasEnded }, ending: Self.endingOfChild)
    return live.count < before
  }

  /// Reads the program's last image; nil where no recorder ever attached to it.
  func finishMain(_ ending: ImageEnding) -> ObservedImage? {
    finish({ $0.processID == mainID }) { _ in ending }
    return finished.last { $0.isMain }
  }

  /// A child's status is its parent's to know: we have what the recorder wrote down, where it came to its end.
  private static func endingOfChild(_ image: AttachedImage) -> ImageEnding {
    guard let exit = image.exitState, exit.phase == .frozen else { return .unknown }
    return .exited(exit.status)
  }

  private func finish(_ matches: (AttachedImage) -> Bool, ending: (AttachedImage) -> ImageEnding) {
    for index in live.indices.reversed() where matches(live[index].image) {
      let ended = live.remove(at: index)
      keep(ended, ended.stopped.map { .success($0) } ?? Self.read(ended.image), ending(ended.image))
    }
  }

  private func keep(_ ended: Live, _ recorded: Result<RecordedProcess, any Error>, _ ending: ImageEnding) {
    let image = ObservedImage(
      order: ended.order, processID: ended.image.processID, isMain: ended.image.processID == mainID,
      recorded: recorded, ending: ending)
    if request.observesChildren { unattached.add(image) }
    // The program's images are all kept here: which of them is the last one, only the run's end tells.
    if image.isMain || request.keepsImage(image) { finished.append(image) }
  }

  private static func read(_ image: AttachedImage) -> Result<RecordedProcess, any Error> {
    Result { try ArenaReader.read(descriptor: image.arena.number, name: "of process \(image.processID)") }
  }

  // MARK: Exits that don't end

  /// Ends every process whose exit is over its time or can't end. Returns how the program was ended, if it was.
  ///
  /// - Parameter paused: nanoseconds for which the run has been stopped by job control.
  func endHopelessExits(now: UInt64, paused: UInt64) -> ForcedEnding? {
    var ofProgram: ForcedEnding?
    for index in live.indices.reversed() {
      guard let exit = live[index].image.exitState else { continue }
      if exit.begun == nil { live[index].pausedBefore = paused }
      let image = live[index].image
      let verdict = live[index].watch.judge(exit, now: now, paused: paused - live[index].pausedBefore) {
        self.circle(of: image)
      }
      guard let verdict, !image.hasEnded, isSurelyThere(image) else { continue }
      if end(live.remove(at: index), verdict) { ofProgram = verdict }
    }
    return ofProgram
  }

  /// Whether the number is still this process's: the kernel says so by a descriptor, or it is our own child, which nobody reaps before.
  private func isSurelyThere(_ image: AttachedImage) -> Bool { image.process != nil || image.processID == mainID }

  /// What no recorder has attached to so far, of processes that have ended.
  ///
  /// - Parameter known: processes of which it is known otherwise that they have no record here.
  func unattachedPrograms(besides known: [Int32]) -> [UnattachedPrograms] {
    for process in known { unattached.attach(process) }
    return unattached.programs
  }

  // MARK: Exits that need help

  /// Stops and copies the threads that a process which has come to its end can't stop itself, and lets it go on: of one that
  /// has confined itself, all; of another one those that no signal reaches, or that have no stack left for one. However many
  /// processes wait at the same time, they share one time limit, and get little more when it is used up.
  func helpExits() {
    let deadline = Clock.now() + StoppedProcess.patience
    traced = StoppedProcess.letGo(traced)
    for index in live.indices where live[index].image.awaitsOutsideStop {
      let image = live[index].image
      // Killed while it waited: its number may be another process's by now.
      if image.hasEnded || !isSurelyThere(image) { continue }
      image.answer(STRAGGLER_OUTSIDE_STOP_TAKEN)
      let threads = (try? Self.read(image).get())?.threads ?? []
      let spared = threads.filter { $0.exiting || $0.stop?.outcome == .stopped }.compactMap(\.id)
      let stopped = StoppedProcess(stopping: image.processID, except: Set(spared), deadline: deadline)
      // It has no more of a record than before.
      if stopped.wasKilled {
        traced += stopped.letGo(isOwnChild: image.processID == mainID)
        continue
      }
      live[index].stopped = try? Self.read(image).map { process in
        var process = process
        stopped.fill(&process)
        process.exit.phase = .frozen
        return process
      }.get()
      image.answer(STRAGGLER_OUTSIDE_STOP_DONE)
      traced += stopped.letGo(isOwnChild: image.processID == mainID)
    }
  }

  // MARK: What goes on

  /// The processes that have not ended, as they are now. Who has is read for the last time: of each process it is decided
  /// once which of the two it is.
  func readOutliving() -> [ObservedImage] {
    let running = live.filter { !$0.image.hasEnded }
    live.removeAll { entry in running.contains { $0.order == entry.order } }
    finishEndedChildren()
    return running.map { entry in
      let recorded = Self.read(entry.image).map { process in
        var process = process
        let memory = ProcessMemory(processID: entry.image.processID)
        memory.readObjects(of: &process)
        process.readSystemCalls(memory)
        return process
      }
      return ObservedImage(
        order: entry.order, processID: entry.image.processID, isMain: false, recorded: recorded, ending: .running)
    }
  }

  private func circle(of image: AttachedImage) -> [StandingWait]? {
    guard var process = try? Self.read(image).get() else { return nil }
    let memory = ProcessMemory(processID: image.processID)
    memory.readObjects(of: &process)
    process.readSystemCalls(memory)
    guard let circle = request.exitDeadlock(process) else { return nil }
    let threads = process.threads.filter { circle.contains($0.number) }
    return threads.allSatisfy { $0.standsInItsWait(memory) } ? threads.map(\.standingWait) : nil
  }

  private func end(_ hopeless: Live, _ verdict: ForcedEnding) -> Bool {
    let isMain = hopeless.image.processID == mainID
    let stopped = StoppedProcess(stopping: hopeless.image.processID)
    // Read after the stop: the record does not move any more.
    let recorded = Self.read(hopeless.image).map { process in
      var process = process
      stopped.fill(&process)
      return process
    }
    stopped.kill(isOwnChild: isMain)
    keep(hopeless, recorded, .forced(verdict))
    return isMain
  }
}
