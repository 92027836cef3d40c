// One `--report FORMAT[=FILE]`, as typed and then as meant.

struct ReportRequest: Equatable {
  enum Format: String, CaseIterable {
    case text, json, sarif, junit, github, markdown, html

    /// Text may go to standard error; what programs read needs a file of its own.
    var needsFile: Bool { self != .text }

    /// `text, json, …`
    static let list = allCases.map(\.rawValue).joined(separator: ", ")
  }

  enum Target: Equatable {
    case standardError
    case standardOutput
    case file(String)
  }

  var format: Format
  var target: Target

  /// Where nothing is asked for.
  static let usual = ReportRequest(format: .text, target: .standardError)

  /// - Throws: `CommandFailure` that names the formats, or says that a file is missing.
  static func parse(_ text: String) throws -> ReportRequest {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let format = Format(rawValue: String(parts[0])) else {
      throw CommandFailure("there is no format '\(parts[0])'; known: \(Format.list)")
    }
    let file = parts.count == 2 ? String(parts[1]) : nil
    if file == "" { throw CommandFailure("the name of the file is missing: \(format.rawValue)=FILE") }
    if file == nil, format.needsFile {
      throw CommandFailure("\(format.rawValue) needs a file: --report \(format.rawValue)=FILE")
    }
    return ReportRequest(format: format, target: file.map { $0 == "-" ? .standardOutput : .file($0) } ?? .standardError)
  }
}
