// The report: everything worth saying about one observed process and those it started.

public import StragglerModel

/// What one run found. The JSON report is this value, written out.
public struct Report: Sendable, Equatable {
  /// The version of the JSON format that this value is written as.
  public static let schemaVersion = 1

  public var tool: Tool
  /// nil in a report that merges others: those are its `children`.
  public var process: ReportedProcess?
  /// The heaviest first.
  public var findings: [Finding]
  /// Findings that a suppression took out of `findings`: they don't count for the status.
  public var suppressed: [Finding]
  public var threads: [ListedThread]
  /// What could not be observed in this process, and why; so that silence is not taken for proof.
  public var unseen: [String]
  /// Those of its lines that name threads, as they would be said of any others. Not written out.
  public var unseenOfAnyThread: [String: String] = [:]
  /// How many entries the recorder had no room for.
  public var lost: Int
  /// The other processes of the run that have something to say.
  public var children: [Report]
  /// What every suppression did, in all of the run's processes. Only of a whole report, not of its children.
  public var suppressions: [SuppressionUse] = []
  /// What was known already; nil where no baseline was given. Only of a whole report.
  public var baseline: BaselineUse?
  /// What was left out of the report on demand. Only of a whole report.
  public var redacted: [Redaction] = []

  public init(
    tool: Tool = .current, process: ReportedProcess?, findings: [Finding] = [], suppressed: [Finding] = [],
    threads: [ListedThread] = [], unseen: [String] = [], lost: Int = 0, children: [Report] = []
  ) {
    self.tool = tool
    self.process = process
    self.findings = findings
    self.suppressed = suppressed
    self.threads = threads
    self.unseen = unseen
    self.lost = lost
    self.children = children
  }
}

/// The program that wrote a report.
public struct Tool: Sendable, Equatable {
  public static let current = Tool(name: "straggler", version: "0.1.0")

  public var name: String
  public var version: String

  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}

/// The observed process, and how it ended.
public struct ReportedProcess: Sendable, Equatable {
  public var pid: Int32
  public var executable: String
  public var arguments: [String]
  public var exit: ReportedExit
  /// nil where its findings count.
  public var uncounted: Uncounted?

  public init(pid: Int32, executable: String, arguments: [String], exit: ReportedExit) {
    self.pid = pid
    self.executable = executable
    self.arguments = arguments
    self.exit = exit
  }
}

/// How a process ended.
public struct ReportedExit: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// main returned, exit(), the last thread's pthread_exit.
    case `return`
    /// `_exit`, `_Exit`, or the raw system call.
    case underscore = "_exit"
    case quick = "quick_exit"
    case exec
    /// SIGABRT.
    case abort
    /// Another signal than SIGABRT and SIGKILL.
    case signal
    /// SIGKILL, or an end that nobody saw: only the arena spoke.
    case killed
    /// Ended by us: the exit took too long or could not end.
    case stalled
    /// An audit: it has not ended.
    case running
  }

  public var kind: Kind
  /// nil where there is none: a death by signal, a process that goes on.
  public var status: Int32?
  /// The number of the signal that ended it.
  public var signal: Int32?
  public var phase: RecordedExit.Phase

  public init(kind: Kind, status: Int32?, signal: Int32?, phase: RecordedExit.Phase) {
    self.kind = kind
    self.status = status
    self.signal = signal
    self.phase = phase
  }
}
