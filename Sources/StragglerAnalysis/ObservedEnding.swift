// How a process ended: what its parent saw, and what its recorder wrote down, brought together.

internal import StragglerModel

/// How a process ended, as it was seen from outside.
public enum ObservedEnding: Sendable, Equatable {
  case exited(status: Int32)
  /// Ended by this signal.
  case signaled(Int32)
  /// Ended by us, after `--exit-timeout`.
  case stalled
  /// Ended by us, because its exit was proven to wait for what cannot come.
  case deadlocked
  /// It goes on: an audit.
  case running
  /// Nobody saw its end: a process that we did not start, or an arena that was read later.
  case unknown
}

extension ReportedExit {
  /// What the observed ending and the recorder's own record say together.
  init(ending: ObservedEnding, recorded: RecordedExit) {
    let phase = recorded.phase
    switch ending {
    case .exited(let status):
      self.init(kind: Self.kind(ofNormal: recorded.kind), status: status, signal: nil, phase: phase)
    case .signaled(let signal):
      self.init(kind: Self.kind(ofSignal: signal), status: nil, signal: signal, phase: phase)
    case .stalled, .deadlocked:
      self.init(kind: .stalled, status: nil, signal: nil, phase: phase)
    case .running:
      self.init(kind: .running, status: nil, signal: nil, phase: phase)
    case .unknown:
      self.init(unseenEnd: recorded)
    }
  }

  /// An end that nobody saw: the record is believed where it is final.
  private init(unseenEnd recorded: RecordedExit) {
    let kind = Self.kind(ofNormal: recorded.kind)
    if recorded.kind == .exec || recorded.kind == .stalled {
      self.init(kind: kind, status: nil, signal: nil, phase: recorded.phase)
    } else if recorded.kind != .none && recorded.phase == .frozen {
      self.init(kind: kind, status: recorded.status, signal: nil, phase: .frozen)
    } else {
      self.init(kind: .killed, status: nil, signal: nil, phase: recorded.phase)
    }
  }

  /// An exit status without a record comes from the raw exit_group system call: nothing ran, nothing was flushed.
  private static func kind(ofNormal kind: RecordedExit.Kind) -> Kind {
    switch kind {
    case .return: .return
    case .underscore, .none: .underscore
    case .quick: .quick
    case .exec: .exec
    case .stalled: .stalled
    }
  }

  /// signal(7), x86-64: SIGABRT is 6, SIGKILL is 9.
  private static func kind(ofSignal signal: Int32) -> Kind {
    switch signal {
    case 6: .abort
    case 9: .killed
    default: .signal
    }
  }
}

extension ReportedExit.Kind {
  /// Whether this way out writes what stdio has buffered: only a normal exit does (and a process that goes on will).
  var flushesStreams: Bool { self == .return || self == .running }

  /// Ended by a signal: no thread of the program chose this end.
  var isDeathBySignal: Bool { self == .abort || self == .signal || self == .killed }
}
