// Reads a fixture's directives: every value is checked, so that a misspelt expectation is an error and never a pass.

extension Fixture {
  /// Reads what a program states about itself.
  ///
  /// - Parameters:
  ///   - text: the program's source.
  ///   - file: its path, for errors.
  ///   - rules: the ids of all rules: an expectation about any other could not fail, or not hold.
  /// - Throws: `FixtureError`, also for a text that states nothing that could fail.
  public init(parsing text: String, file: String, rules: Set<String>) throws(FixtureError) {
    self.init()
    let directives = try Directive.all(in: text, of: file)
    for directive in directives {
      do {
        let isFirst = !directives.contains { $0.word == directive.word && $0.line < directive.line }
        try apply(directive, isFirst: isFirst, rules: rules)
      } catch {
        throw FixtureError(file: file, line: directive.line, problem: "\(directive.word): \(error.problem)")
      }
    }
    if let contradiction {
      throw FixtureError(file: file, line: nil, problem: contradiction)
    }
    guard directives.contains(where: { $0.word != "RUN" && $0.word != "BUILD" }) else {
      throw FixtureError(
        file: file, line: nil,
        problem:
          "states nothing that could fail; expected a comment line with FINDING:, NO-FINDING:, UNSEEN:, NO-UNSEEN:, "
          + "CLEAN:, EXIT: or OUTPUT:")
    }
  }

  /// Two statements that no run could fulfil; nil where there are none.
  private var contradiction: String? {
    if let finding = findings.first(where: { absentRules.contains($0.rule) }) {
      return "FINDING: \(finding) and NO-FINDING: \(finding.rule) exclude each other: drop one of them"
    }
    for part in absentUnseen {
      guard let line = unseen.first(where: { $0.contains(part) }) else { continue }
      return "UNSEEN: \(line) and NO-UNSEEN: \(part) exclude each other: drop one of them"
    }
    return nil
  }

  private mutating func apply(_ directive: Directive, isFirst: Bool, rules: Set<String>) throws(ValueError) {
    let value = directive.value
    switch directive.word {
    case "RUN": options += try words(of: try nonEmpty(value, "options of straggler run"))
    case "EXIT":
      try once(isFirst)
      exitStatus = try number(value, in: 0...255, "a status from 0 to 255")
    case "FINDING": findings.append(try FindingExpectation(parsing: value, line: directive.line, rules: rules))
    case "NO-FINDING": absentRules.append(try member(of: rules.sorted(), value, "a rule"))
    case "UNSEEN": unseen.append(try nonEmpty(value, "a part of a line of what could not be seen"))
    case "NO-UNSEEN": absentUnseen.append(try nonEmpty(value, "a part of a line of what could not be seen"))
    case "OUTPUT": output.append(try nonEmpty(value, "a line of the program's standard output"))
    case "CLEAN":
      guard value.isEmpty else { throw ValueError("expected nothing behind the colon, found \"\(value)\"") }
      clean = true
    case "BUILD":
      try once(isFirst)
      build = try buildCommand(value)
    default: preconditionFailure("Directive.all(in:of:) lets only known words through")
    }
  }
}

/// What is wrong with one directive's value; the caller knows where it stands.
private struct ValueError: Error {
  var problem: String
  init(_ problem: String) { self.problem = problem }
}

extension FindingExpectation {
  fileprivate init(parsing value: String, line: Int, rules: Set<String>) throws(ValueError) {
    let words = try StragglerFixtures.words(of: value)
    self.init(rule: try member(of: rules.sorted(), words.first ?? "", "a rule"), statedAt: line)
    var counted = false
    for word in words.dropFirst() {
      guard let sign = word.firstIndex(of: "=") else {
        throw ValueError("expected key=value, found \"\(word)\"; a value with blanks needs quotes")
      }
      let name = String(word[..<sign])
      let text = String(word[word.index(after: sign)...])
      if name == "count" {
        guard !counted else { throw ValueError("count= is given twice") }
        counted = true
        count = try number(text, in: 1...10_000, "a count from 1")
      } else {
        try state(name, text)
      }
    }
  }

  private mutating func state(_ name: String, _ text: String) throws(ValueError) {
    guard let key = Key(rawValue: name) else {
      let keys = Key.allCases.map { $0.rawValue + "=" }.joined(separator: " ")
      throw ValueError("unknown key \"\(name)=\"; expected one of count= \(keys)")
    }
    guard values[key] == nil else { throw ValueError("\(name)= is given twice") }
    guard !text.isEmpty else { throw ValueError("\(name)= has no value") }
    switch key {
    case .level: _ = try member(of: Report.Level.allCases.map(\.rawValue), text, "a level")
    case .kind: _ = try member(of: Report.Resource.Kind.allCases.map(\.rawValue), text, "a kind of resource")
    case .mode: _ = try member(of: Report.Resource.Mode.allCases.map(\.rawValue), text, "a mode")
    case .line: _ = try number(text, in: 1...Int(Int32.max), "a line number from 1")
    case .waiting: _ = try member(of: Report.Wait.Kind.allCases.map(\.rawValue), text, "a kind of wait")
    case .thread, .resource, .holder, .message, .function, .process: break
    }
    values[key] = text
  }
}

private func words(of value: String) throws(ValueError) -> [String] {
  do {
    return try shellWords(of: value)
  } catch {
    switch error {
    case .openQuote(let quote): throw ValueError("the quote \(quote) is not closed in: \(value)")
    case .danglingBackslash: throw ValueError("a backslash stands at the end of: \(value)")
    }
  }
}

private func buildCommand(_ value: String) throws(ValueError) -> String {
  guard value.contains("%s"), value.contains("%t") else {
    throw ValueError("expected a command with %s for this file and %t for the program, found \"\(value)\"")
  }
  return value
}

private func once(_ isFirst: Bool) throws(ValueError) {
  guard isFirst else { throw ValueError("stands a second time; a program has one") }
}

private func nonEmpty(_ value: String, _ what: String) throws(ValueError) -> String {
  guard !value.isEmpty else { throw ValueError("expected \(what), found nothing") }
  return value
}

private func number(_ text: String, in range: ClosedRange<Int>, _ what: String) throws(ValueError) -> Int {
  guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text), range.contains(number) else {
    throw ValueError("expected \(what), found \"\(text)\"")
  }
  return number
}

private func member(of allowed: [String], _ text: String, _ what: String) throws(ValueError) -> String {
  guard allowed.contains(text) else {
    throw ValueError("expected \(what) (\(allowed.joined(separator: ", "))), found \"\(text)\"")
  }
  return text
}
