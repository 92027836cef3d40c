// Which of the programs that a run started no recorder attached to: statically linked, set-user-ID, started with an
// environment of their own, or killed before their recorder could.

internal import StragglerModel

/// Holds what the records say was started against who attached.
struct UnattachedCollection {
  private var attached: Set<Int32> = []
  private var awaited: [(process: Int32, starter: String)] = []

  /// A recorder attached in this process.
  mutating func attach(_ process: Int32) {
    attached.insert(process)
    awaited.removeAll { $0.process == process }
  }

  /// Adds what an image that has ended started.
  mutating func add(_ image: ObservedImage) {
    // In a namespace of its own a process has other numbers for its children than we have: pid_namespaces(7).
    guard case .success(let recorded) = image.recorded, recorded.id == image.processID else { return }
    for process in recorded.children.spawned where !attached.contains(process) {
      awaited.append((process, recorded.executable))
    }
    // It was about to become another program, and ended without a word of that. Of the run's own program this is an error.
    if !image.isMain, image.ending == .unknown, recorded.exit.kind == .exec, recorded.exit.phase < .frozen {
      awaited.append((image.processID, recorded.executable))
    }
  }

  /// Of processes that have ended: who goes on may attach yet.
  var programs: [UnattachedPrograms] {
    Dictionary(grouping: awaited.filter { ProcessTree.hasEnded($0.process) }, by: \.starter)
      .map { UnattachedPrograms(starter: $0, processIDs: Set($1.map(\.process)).sorted()) }
      .sorted { $0.starter < $1.starter }
  }
}
