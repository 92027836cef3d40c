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
    if let descriptor = fileLockDescriptor(of: address) {
      return process.files.first { $0.descriptor == descriptor }?.path.map(lastComponent)
    }
    return process.lockNames[address] ?? streams[address]?.path.map(lastComponent) ?? symbol(containing: address)
  }

  /// The name of what is waited for: of a pipe, the last part of its path; of a child process, its id.
  func name(of wait: BelievedWait) -> String? {
    if let address = wait.address {
      return name(at: address) ?? (wait.kind == .futex ? placeInLibrary(address) : nil)
    }
    if let child = wait.child { return "pid \(child)" }
    return process.files.first { $0.descriptor == wait.descriptor }?.path.map(lastComponent)
  }

  /// `libc.so.6+0x1d3a60`: a lock that a library keeps to itself, without a symbol.
  private func placeInLibrary(_ address: UInt64) -> String? {
    process.modules.first { $0.range.contains(address) }.map { module in
      "\(lastComponent(module.path))+0x\(String(address - module.range.lowerBound, radix: 16))"
    }
  }

  func resource(_ hold: BelievedHold) -> ReportedResource {
    let mode: ReportedResource.Mode = hold.mode == .shared ? .shared : .exclusive
    return ReportedResource(
      kind: hold.kind, mode: mode, name: name(at: hold.address), address: memoryAddress(hold.address))
  }

  /// libc's own names of the three standard streams say less than the program's, and its loader's locks have none.
  private func symbol(containing address: UInt64) -> String? {
    switch resolver.dataSymbol(containing: address) {
    case let symbol? where symbol.hasPrefix("_rtld_global"): "the dynamic loader's"
    case "_IO_2_1_stdin_": "stdin"
    case "_IO_2_1_stdout_": "stdout"
    case "_IO_2_1_stderr_": "stderr"
    case let symbol: symbol
    }
  }

  /// Whether this is what glibc's libio/genops.c calls list_all_lock: the lock of the list of all streams.
  func isStreamList(_ address: UInt64) -> Bool { resolver.dataSymbol(containing: address) == Self.streamList }

  private static let streamList = "list_all_lock"

  /// `lock "journal"`, `the read side of read-write lock "cache"`, `an unnamed mutex`.
  func phrase(kind: ResourceKind, mode: AccessMode, name: String?) -> String {
    if kind == .streamLock, name == Self.streamList { return "libc's lock of all streams" }
    let noun = kind.noun
    guard kind == .readWriteLock else { return name.map { "\(noun) \"\($0)\"" } ?? "an unnamed \(kind.unnamedNoun)" }
    let side = mode == .shared ? "the read side of" : "the write side of"
    return name.map { "\(side) \(noun) \"\($0)\"" } ?? "\(side) an unnamed \(noun)"
  }

  func phrase(_ hold: BelievedHold) -> String {
    phrase(kind: hold.kind, mode: hold.mode, name: name(at: hold.address))
  }

  /// What a thread waits for, said by who has it: without its side where that is another one than is asked for.
  func phrase(_ hold: BelievedHold, waitedForBy wait: BelievedWait) -> String {
    guard hold.kind == .readWriteLock, wait.kind == .readWriteLock, hold.mode != wait.mode else { return phrase(hold) }
    return name(at: hold.address).map { "\(hold.kind.noun) \"\($0)\"" } ?? "an unnamed \(hold.kind.noun)"
  }

  /// `a child process`, `pipe "requests"`, `a futex that nobody is known to hold`.
  func phrase(_ wait: BelievedWait) -> String {
    let name = name(of: wait)
    switch wait.kind {
    case .join: return "a thread to end"
    case .process: return name.map { "child process \($0)" } ?? "a child process"
    case .pipe: return name.map { "pipe \"\($0)\"" } ?? "the other side of a pipe or socket"
    case .futex: return name.map { "futex \"\($0)\"" } ?? "a futex of no known lock"
    case .condition, .barrier, .once:
      return name.map { "\(wait.kind.reportName) \"\($0)\"" } ?? "an unnamed \(wait.kind.reportName)"
    default: return phrase(kind: wait.kind, mode: wait.mode, name: name)
    }
  }
}

/// The descriptor that a file lock is recorded by: StragglerRecorder.h, STRAGGLER_FILE_LOCK. nil for an address.
func fileLockDescriptor(of address: UInt64) -> Int32? {
  address >> 63 == 1 ? Int32(truncatingIfNeeded: address) : nil
}

/// What the lock of a file that is open by this descriptor is recorded by.
func fileLockAddress(of descriptor: Int32) -> UInt64 { 1 << 63 | UInt64(UInt32(bitPattern: descriptor)) }

/// nil for a file lock: it is in the kernel, not at an address.
func memoryAddress(_ address: UInt64) -> UInt64? {
  fileLockDescriptor(of: address) == nil ? address : nil
}

/// The part of a path after the last slash, as bytes have it: with a mark that combines, a slash is another `Character`.
public func lastComponent(_ path: String) -> String {
  path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
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
