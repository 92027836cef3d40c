// The words that a report uses for the model's values: the strings of the JSON format.

public import StragglerModel

extension ResourceKind {
  /// The report's word, as `resource.kind` and `waitingFor.kind` spell it. A lock of another language is a `mutex`.
  public var reportName: String {
    switch self {
    case .mutex, .annotated: "mutex"
    case .recursiveMutex: "recursive-mutex"
    case .readWriteLock: "read-write-lock"
    case .spinLock: "spin-lock"
    case .semaphore: "semaphore"
    case .streamLock: "stream-lock"
    case .fileLock: "file-lock"
    case .file: "file"
    case .criticalSection: "critical-section"
    case .condition: "condition"
    case .barrier: "barrier"
    case .once: "once"
    case .join: "join"
    case .futex: "futex"
    case .pipe: "pipe"
    case .process: "process"
    }
  }

  /// The kind that a report's word stands for; nil for a word that no report of this version uses.
  public init?(reportName: String) {
    guard let kind = Self.allCases.first(where: { $0.reportName == reportName }) else { return nil }
    self = kind
  }

  /// Whether a thread that waits for it waits until its holders give it up.
  var isLock: Bool {
    switch self {
    case .mutex, .recursiveMutex, .readWriteLock, .spinLock, .semaphore, .streamLock, .fileLock, .annotated: true
    case .file, .criticalSection, .condition, .barrier, .once, .join, .futex, .pipe, .process: false
    }
  }
}

extension RecordedExit.Phase {
  /// The report's word, as `exit.phase` spells it.
  public var reportName: String {
    switch self {
    case .running: "running"
    case .exiting: "exiting"
    case .earlyCallbacks: "early-callbacks"
    case .joining: "joining"
    case .exitCallbacks: "exit-callbacks"
    case .finalizing: "finalizing"
    case .freezing: "freezing"
    case .frozen: "frozen"
    }
  }

  /// The phase that a report's word stands for.
  public init?(reportName: String) {
    let phases: [Self] = [
      .running, .exiting, .earlyCallbacks, .joining, .exitCallbacks, .finalizing, .freezing, .frozen,
    ]
    guard let phase = phases.first(where: { $0.reportName == reportName }) else { return nil }
    self = phase
  }
}
