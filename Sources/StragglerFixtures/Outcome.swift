// What came of one run of a fixture, and whether that is what the fixture states.

/// One finished run of a fixture program.
public struct Outcome: Sendable, Equatable {
  /// Status of `straggler run`.
  public var exitStatus: Int
  /// The program's standard output.
  public var output: String
  public var report: Report

  public init(exitStatus: Int, output: String, report: Report) {
    self.exitStatus = exitStatus
    self.output = output
    self.report = report
  }
}

extension Fixture {
  /// Everything in which a run differs from what the fixture states: one entry each, in clear words, empty where all is
  /// as stated. An entry may have several lines.
  public func mismatches(with outcome: Outcome) -> [String] {
    [mismatch(ofStatus: outcome.exitStatus)].compactMap(\.self)
      + findings.compactMap { mismatch(of: $0, with: outcome.report) }
      + absentRules.compactMap { mismatch(ofAbsent: $0, with: outcome.report) }
      + unseen.compactMap { mismatch(ofUnseen: $0, with: outcome.report) }
      + absentUnseen.compactMap { mismatch(ofAbsentUnseen: $0, with: outcome.report) }
      + [mismatch(ofCleanWith: outcome.report), mismatch(ofOutput: outcome.output)].compactMap(\.self)
  }

  private func mismatch(ofStatus status: Int) -> String? {
    status == exitStatus ? nil : "EXIT: expected status \(exitStatus), found \(status)"
  }

  private func mismatch(of expected: FindingExpectation, with report: Report) -> String? {
    let found = report.findings.filter(expected.matches).count
    guard found != expected.count else { return nil }
    let wanted = expected.count == 1 ? "exactly one such finding" : "exactly \(expected.count) such findings"
    return "FINDING (line \(expected.statedAt)): \(expected): expected \(wanted), found \(found) among\n"
      + listing(report.findings)
  }

  private func mismatch(ofAbsent rule: String, with report: Report) -> String? {
    let found = report.findings.filter { $0.rule == rule }
    guard !found.isEmpty else { return nil }
    return "NO-FINDING: expected no finding of \(rule), found\n" + listing(found)
  }

  private func mismatch(ofUnseen part: String, with report: Report) -> String? {
    guard !report.unseen.contains(where: { $0.contains(part) }) else { return nil }
    return "UNSEEN: expected a line with \"\(part)\" in what could not be seen, found\n" + listing(report.unseen)
  }

  private func mismatch(ofAbsentUnseen part: String, with report: Report) -> String? {
    let found = report.unseen.filter { $0.contains(part) }
    guard !found.isEmpty else { return nil }
    return "NO-UNSEEN: expected no line with \"\(part)\" in what could not be seen, found\n" + listing(found)
  }

  private func listing(_ lines: [String]) -> String {
    lines.isEmpty ? "  nothing" : lines.map { "  | \($0)" }.joined(separator: "\n")
  }

  private func mismatch(ofCleanWith report: Report) -> String? {
    let found = clean ? report.findings.filter { $0.level != .note } : []
    guard !found.isEmpty else { return nil }
    return "CLEAN: expected no finding above note, found\n" + listing(found)
  }

  private func mismatch(ofOutput text: String) -> String? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var rest = lines[...]
    for (index, expected) in output.enumerated() {
      guard let place = rest.firstIndex(where: { trimmed($0) == expected }) else {
        let order = index == 0 ? "" : " after \"\(output[index - 1])\""
        let shown = lines.filter { !$0.isEmpty }.prefix(20).map { "  | \($0)" }
        return "OUTPUT: expected the line \"\(expected)\"\(order), found\n"
          + (shown.isEmpty ? "  nothing" : shown.joined(separator: "\n"))
      }
      rest = rest[(place + 1)...]
    }
    return nil
  }

  private func listing(_ findings: [Report.Finding]) -> String {
    guard !findings.isEmpty else { return "  no findings" }
    return findings.map { "  \($0)" }.joined(separator: "\n")
  }
}

extension FindingExpectation {
  /// The finding is of this rule and has every stated value.
  func matches(_ finding: Report.Finding) -> Bool {
    finding.rule == rule && values.allSatisfy { matches(finding, $0.key, $0.value) } && matchesFrame(of: finding)
  }

  private func matches(_ finding: Report.Finding, _ key: Key, _ value: String) -> Bool {
    switch key {
    case .level: finding.level.rawValue == value
    case .thread: finding.threads.contains(value)
    case .kind: finding.resource?.kind.rawValue == value
    case .mode: finding.resource?.mode?.rawValue == value
    case .resource: finding.resource.map { names($0, value) } ?? false
    case .waiting: finding.waitingFor?.kind.rawValue == value
    case .holder: finding.waitingFor?.holders.contains(value) ?? false
    case .message: finding.message.contains(value)
    case .process: finding.executable == value || lastComponent(of: finding.executable) == value
    case .function, .line: true  // Both must be of one frame: matchesFrame(of:).
    }
  }

  /// A file is known by its path, or by its name in whatever folder.
  private func names(_ resource: Report.Resource, _ value: String) -> Bool {
    [resource.name, resource.path, resource.path.map(lastComponent)].contains(value)
  }

  private func matchesFrame(of finding: Report.Finding) -> Bool {
    let line = values[.line].flatMap(Int.init)
    guard line != nil || values[.function] != nil else { return true }
    return finding.frames.contains { frame in
      guard line == nil || frame.line == line else { return false }
      guard let name = values[.function] else { return true }
      return frame.function.map { isName(name, of: $0) } ?? false
    }
  }

  /// A function is known by its whole name, or by it without the parameters, as debuggers take it: `append`,
  /// `Journal.append`, `Journal::append` for `static Journal.append(_:)` and `app::Journal::append(int)`.
  private func isName(_ name: String, of function: String) -> Bool {
    let bare = String(function.prefix { $0 != "(" })
    return [function, bare].contains { candidate in
      candidate == name || [".", "::", " "].contains { candidate.hasSuffix($0 + name) }
    }
  }

  private func lastComponent(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }
}

extension Report.Finding: CustomStringConvertible {
  /// One line, with the values that a fixture can ask for.
  public var description: String {
    var stated = FindingExpectation(rule: rule, statedAt: 0)
    stated.values[.level] = level.rawValue
    stated.values[.thread] = threads.first
    stated.values[.resource] = resource.flatMap { $0.name ?? $0.path }
    stated.values[.kind] = resource?.kind.rawValue
    stated.values[.mode] = resource?.mode?.rawValue
    stated.values[.waiting] = waitingFor?.kind.rawValue
    stated.values[.holder] = waitingFor?.holders.first
    stated.values[.function] = frames.first?.function
    stated.values[.line] = frames.first?.line.map(String.init)
    stated.values[.process] = String(executable.split(separator: "/").last ?? "")
    return "\(stated): \(message)"
  }
}
