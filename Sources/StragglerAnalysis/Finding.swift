// A finding: one thing worth a person's attention, made by one rule.

public import StragglerModel

public struct Finding: Sendable, Equatable {
  public var rule: RuleID
  public var level: Level
  /// 16 hexadecimal digits, the same for the same mistake in the next run and the next build: see `Fingerprint`.
  public var fingerprint: String
  /// One line that says what happened.
  public var message: String
  /// nil where the recorder has forgotten the thread.
  public var thread: ReportedThread?
  public var resource: ReportedResource?
  /// Where the resource was acquired, the file opened, the section entered.
  public var acquired: Stack?
  /// Where the thread was created; for a file that another thread opened: where that was.
  public var created: Stack?
  /// Where the thread stood when it was stopped.
  public var stopped: Stack?
  public var waitingFor: ReportedWait?
  /// Threads that waited for the resource.
  public var waiters: [ThreadName]
  /// Threads for which the same was found: acquired at the same place, differing only in the thread.
  public var similar: [ThreadName]
  /// The waits that make a deadlock, from the exiting thread on; empty for other rules.
  public var circle: [ReportedLink]
  /// In a merged report: in how many of its inputs this was found; nil elsewhere.
  public var count: Int?
  /// What took it out of the findings that count; nil for those.
  public var suppression: AppliedSuppression?
  /// How many of its occurrences no baseline knows; nil where there was no baseline.
  public var new: Int?

  /// How often the mistake was made: once for each thread.
  public var occurrences: Int { 1 + similar.count }

  public init(
    rule: RuleID, level: Level, fingerprint: String, message: String, thread: ReportedThread? = nil,
    resource: ReportedResource? = nil, acquired: Stack? = nil, created: Stack? = nil, stopped: Stack? = nil,
    waitingFor: ReportedWait? = nil, waiters: [ThreadName] = [], similar: [ThreadName] = [],
    circle: [ReportedLink] = [], count: Int? = nil
  ) {
    self.rule = rule
    self.level = level
    self.fingerprint = fingerprint
    self.message = message
    self.thread = thread
    self.resource = resource
    self.acquired = acquired
    self.created = created
    self.stopped = stopped
    self.waitingFor = waitingFor
    self.waiters = waiters
    self.similar = similar
    self.circle = circle
    self.count = count
  }
}

/// What was held.
public struct ReportedResource: Sendable, Equatable {
  public enum Mode: String, Sendable, CaseIterable {
    case exclusive, shared, read, write
    case readWrite = "read-write"
  }

  /// What only files have.
  public struct File: Sendable, Equatable {
    public var path: String?
    /// nil for a call that goes by the file's path.
    public var descriptor: Int32?
    /// Bytes in the stream's buffer; nil where that could not be read.
    public var unflushedBytes: UInt64?
    /// Bytes written and not synced, as far as seen.
    public var unsyncedBytes: UInt64?

    public init(path: String?, descriptor: Int32?, unflushedBytes: UInt64?, unsyncedBytes: UInt64?) {
      self.path = path
      self.descriptor = descriptor
      self.unflushedBytes = unflushedBytes
      self.unsyncedBytes = unsyncedBytes
    }
  }

  public var kind: ResourceKind
  public var mode: Mode?
  /// The program's name for it, its symbol's, or a file's last path component; nil where it has none.
  public var name: String?
  public var address: UInt64?
  public var file: File?

  public init(kind: ResourceKind, mode: Mode?, name: String?, address: UInt64?, file: File? = nil) {
    self.kind = kind
    self.mode = mode
    self.name = name
    self.address = address
    self.file = file
  }
}

/// What a thread was blocked on.
public struct ReportedWait: Sendable, Equatable {
  public var kind: ResourceKind
  public var name: String?
  public var address: UInt64?
  /// Who has it: several for a lock held for reading; the joined thread for a join.
  public var holders: [ThreadName]
  /// The kernel's id, in this process's numbers, of the thread of another process that has it; of a file's lock, of the process.
  public var outsideHolder: Int32?

  public init(
    kind: ResourceKind, name: String?, address: UInt64?, holders: [ThreadName], outsideHolder: Int32? = nil
  ) {
    self.kind = kind
    self.name = name
    self.address = address
    self.holders = holders
    self.outsideHolder = outsideHolder
  }
}

/// One wait of a deadlock: `thread` waits for what the next link's thread has.
public struct ReportedLink: Sendable, Equatable {
  public var thread: ThreadName
  public var waitingFor: ReportedWait
  /// Where `thread` waits.
  public var stopped: Stack?
  /// Where the holder acquired what `thread` waits for.
  public var acquired: Stack?

  public init(thread: ThreadName, waitingFor: ReportedWait, stopped: Stack?, acquired: Stack?) {
    self.thread = thread
    self.waitingFor = waitingFor
    self.stopped = stopped
    self.acquired = acquired
  }
}
