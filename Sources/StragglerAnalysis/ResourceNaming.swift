// How reports call locks: by the program's name for them, else by their symbol's, else not at all.

internal import StragglerModel

struct ResourceNaming {
  let process: RecordedProcess
  let resolver: any StackResolving
  private let streams: [UInt64: RecordedFile]

  init(process: RecordedProcess, resolver: any StackResolving) {
    self.process = process
    self.resolver = resolver
    let named = process.files.compactMap { file in file.stream.map { ($0, file) } }
    streams = Dictionary(named, uniquingKeysWith: { first, _ in first })
  }

  func name(at address: UInt64) -> String? {
    process.lockNames[address] ?? streams[address]?.path.map(lastComponent) ?? resolver.dataSymbol(containing: address)
  }

  func resource(_ hold: BelievedHold) -> ReportedResource {
    let mode: ReportedResource.Mode = hold.mode == .shared ? .shared : .exclusive
    return ReportedResource(kind: hold.kind, mode: mode, name: name(at: hold.address), address: hold.address)
  }

  /// `lock "journal"`, `the read side of read-write lock "cache"`, `an unnamed mutex`.
  func phrase(kind: ResourceKind, mode: AccessMode, name: String?) -> String {
    let noun = kind.noun
    guard kind == .readWriteLock else { return name.map { "\(noun) \"\($0)\"" } ?? "an unnamed \(kind.unnamedNoun)" }
    let side = mode == .shared ? "the read side of" : "the write side of"
    return name.map { "\(side) \(noun) \"\($0)\"" } ?? "\(side) an unnamed \(noun)"
  }

  func phrase(_ hold: BelievedHold) -> String {
    phrase(kind: hold.kind, mode: hold.mode, name: name(at: hold.address))
  }

  func phrase(_ wait: BelievedWait) -> String {
    phrase(kind: wait.kind, mode: .exclusive, name: wait.address.flatMap(name(at:)))
  }
}

/// The part of a path after the last slash.
func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

extension ResourceKind {
  /// What a reader calls it where it has a name.
  fileprivate var noun: String {
    switch self {
    case .mutex, .annotated: "lock"
    case .recursiveMutex: "recursive lock"
    case .readWriteLock: "read-write lock"
    case .spinLock: "spin lock"
    case .streamLock: "the lock of stream"
    case .fileLock: "file lock"
    case .criticalSection: "critical section"
    default: reportName
    }
  }

  fileprivate var unnamedNoun: String {
    switch self {
    case .mutex, .annotated: "mutex"
    case .recursiveMutex: "recursive mutex"
    case .streamLock: "stream's lock"
    default: noun
    }
  }
}
