// The JSON report as its readers may rely on it: a decoder of its own, so that the writer is not checked by itself.

internal import FoundationEssentials

/// One report of schema version 1. Keys that are not needed for holding a fixture against it are passed over; those that
/// are must be there, with a value of the kind that the schema names.
public struct Report: Sendable, Equatable {
  /// The main process.
  public var process: Process
  /// What was found in all processes of the run, children after their parents.
  public var findings: [Finding]
  /// What could not be observed in any of these processes: one line each.
  public var unseen: [String]

  public enum Level: String, Sendable, CaseIterable, Decodable {
    case error, warning, note
  }

  public struct Process: Sendable, Equatable, Decodable {
    public enum ExitKind: String, Sendable, Decodable {
      case `return`, _exit, quick_exit, exec, abort, signal, killed, stalled, running
    }
    public struct Exit: Sendable, Equatable, Decodable {
      public var kind: ExitKind
    }
    public var executable: String
    public var exit: Exit
  }

  public struct Finding: Sendable, Equatable {
    public var rule: String
    public var level: Level
    public var message: String
    /// Names of the thread and of those of the similar findings; the nameless ones are left out.
    public var threads: [String]
    public var resource: Resource?
    /// What its thread was blocked on.
    public var waitingFor: Wait?
    /// Where it was acquired; where the thread stood or was created if nothing was.
    public var frames: [Frame]
    /// The process it was found in.
    public var executable: String

    public init(
      rule: String, level: Level, message: String, threads: [String], resource: Resource?, waitingFor: Wait? = nil,
      frames: [Frame], executable: String
    ) {
      self.rule = rule
      self.level = level
      self.message = message
      self.threads = threads
      self.resource = resource
      self.waitingFor = waitingFor
      self.frames = frames
      self.executable = executable
    }
  }

  public struct Resource: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable, Decodable {
      case mutex
      case recursiveMutex = "recursive-mutex"
      case readWriteLock = "read-write-lock"
      case spinLock = "spin-lock"
      case semaphore
      case streamLock = "stream-lock"
      case fileLock = "file-lock"
      case file
      case criticalSection = "critical-section"
    }
    public enum Mode: String, Sendable, CaseIterable, Decodable {
      case exclusive, shared, read, write
      case readWrite = "read-write"
    }
    public var kind: Kind
    public var mode: Mode?
    public var name: String?
    public var path: String?

    public init(kind: Kind, mode: Mode? = nil, name: String? = nil, path: String? = nil) {
      self.kind = kind
      self.mode = mode
      self.name = name
      self.path = path
    }
  }

  public struct Wait: Sendable, Equatable {
    /// Kinds of resources, and what can only be waited for.
    public enum Kind: String, Sendable, CaseIterable, Decodable {
      case mutex
      case recursiveMutex = "recursive-mutex"
      case readWriteLock = "read-write-lock"
      case spinLock = "spin-lock"
      case semaphore
      case streamLock = "stream-lock"
      case fileLock = "file-lock"
      case condition, barrier, once, join, futex, pipe, process
    }
    public var kind: Kind
    /// Names of the threads that have it; the nameless ones are left out.
    public var holders: [String]

    public init(kind: Kind, holders: [String] = []) {
      self.kind = kind
      self.holders = holders
    }
  }

  public struct Frame: Sendable, Equatable {
    public var function: String?
    public var line: Int?

    public init(function: String?, line: Int?) {
      self.function = function
      self.line = line
    }
  }

  public init(process: Process, findings: [Finding], unseen: [String] = []) {
    self.process = process
    self.findings = findings
    self.unseen = unseen
  }
}

/// A report that is not what the schema promises.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Which value, what was expected and what was found.
  public var description: String
}

extension Report {
  /// Reads a report.
  ///
  /// - Throws: `ReportError` that names the value by its place, such as `findings.0.resource.kind`.
  public init(json: [UInt8]) throws(ReportError) {
    do {
      let written = try JSONDecoder().decode(WrittenReport.self, from: Data(json))
      guard let process = written.body.process else {
        throw ReportError(description: "process: expected the program's process, found null")
      }
      self.init(process: process, findings: written.body.allFindings, unseen: written.body.allUnseen)
    } catch let error as ReportError {
      throw error
    } catch let error as DecodingError {
      throw ReportError(describing: error)
    } catch {
      throw ReportError(description: "cannot be read: \(error)")
    }
  }
}

extension ReportError {
  fileprivate init(describing error: DecodingError) {
    let (problem, context): (String, DecodingError.Context) =
      switch error {
      case .keyNotFound(let key, let context): ("the key \"\(key.stringValue)\" is missing", context)
      case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
        (context.debugDescription, context)
      @unknown default: ("\(error)", .init(codingPath: [], debugDescription: ""))
      }
    let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    self.init(description: place.isEmpty ? problem : "\(place): \(problem)")
  }
}
