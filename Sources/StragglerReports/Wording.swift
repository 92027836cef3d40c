// The words for what a finding consists of, the same in every format that is made for people.

internal import StragglerAnalysis
internal import StragglerModel

extension Finding {
  var acquiredCaption: TextReport.Caption {
    switch resource?.kind {
    case .file: TextReport.Caption(label: "opened", mark: "opened here")
    case .criticalSection: TextReport.Caption(label: "entered", mark: "entered here")
    case .semaphore: TextReport.Caption(label: "taken", mark: "taken here")
    default: TextReport.Caption(label: "locked", mark: "locked here")
    }
  }

  /// Only what was abandoned was cut off; a thread of an audit runs on, an exiting one was on its own way.
  var stoppedCaption: TextReport.Caption {
    thread?.state == .abandoned
      ? TextReport.Caption(label: "cut off", mark: "cut off here")
      : TextReport.Caption(label: "stood", mark: "stood here")
  }

  /// A file's finding about a thread that did not open it shows where the opener did.
  var createdLabel: String {
    resource?.kind == .file && acquired == nil ? "opened by another thread" : "thread created"
  }
}

extension ReportedWait {
  /// `lock "journal", held by main thread`: what follows "waits for".
  var phrase: String {
    switch kind {
    case .join: return holders.isEmpty ? "a thread to end" : "\(list(holders)) to end"
    case .process: return name.map { "child process \(visible($0)) to end" } ?? "a child process to end"
    default: break
    }
    let address = address.map { " at 0x" + String($0, radix: 16) } ?? ""
    let named = name.map { " \"\(visible($0))\"" } ?? address
    let having = kind == .once ? "run" : "held"
    return "\(kind.phrase)\(named)\(holderPhrase.map { ", \(having) by \($0)" } ?? "")"
  }
}

extension ReportedWait {
  /// Whether it is known who must give something up, or end, before it can.
  var isForSomebody: Bool { !holders.isEmpty || outsideHolder != nil }

  private var holderPhrase: String? {
    if !holders.isEmpty { return list(holders) }
    return outsideHolder.map { "\(kind == .fileLock ? "" : "a thread of ")another process (id \($0))" }
  }
}

/// The first few by name, of the others how many they are.
func list(_ threads: [ThreadName]) -> String {
  let shown = threads.prefix(5).map(\.phrase).joined(separator: ", ")
  return threads.count > 5 ? "\(shown) and \(threads.count - 5) more" : shown
}

extension ThreadName {
  /// `thread "writer" (3)`, `main thread`, `thread 3`.
  var phrase: String {
    if name == "main" { return "main thread" }
    return name.map { "thread \"\(visible($0))\" (\(number))" } ?? "thread \(number)"
  }
}

extension ResourceKind {
  /// What it is called in a sentence, before its name.
  var phrase: String {
    switch self {
    case .mutex, .annotated: "lock"
    case .readWriteLock: "read-write lock"
    case .condition: "a signal of condition"
    case .barrier: "the other threads of barrier"
    case .once: "the end of once-initialization"
    case .futex: "futex"
    case .pipe: "pipe"
    default: reportName.split(separator: "-").joined(separator: " ")
    }
  }
}

/// `1 error`, `2 errors`.
func plural(_ count: Int, _ one: String, _ many: String) -> String {
  "\(count) \(count == 1 ? one : many)"
}
