// The rules' pages as text: `straggler explain` for one, docs/rules.md for all.

extension Rule {
  /// One rule's page, in Markdown that also reads well in a terminal: wrapped at 100 columns, ending with a newline.
  public var explanation: String { lines(heading: "#").joined(separator: "\n") + "\n" }

  /// One line for each rule: its id, its level, when it is found. In the order of `all`.
  public static var overview: String {
    let width = all.map(\.id.rawValue.count).max() ?? 0
    return all.map { rule in
      let id = rule.id.rawValue.padded(to: width)
      return "\(id)  \(rule.level.rawValue.padded(to: 7))  \(rule.summary)\n"
    }
    .joined()
  }

  /// The whole of docs/rules.md.
  public static func documentation() -> String {
    var lines = [
      "# Rules", "",
      "<!-- Made from the table in Sources/StragglerAnalysis (Rule.swift and Rule+*.swift). Change it there, then run",
      "     STRAGGLER_WRITE_DOCS=1 swift test --filter RuleTests -->", "",
      "| rule | level | found when |", "| --- | --- | --- |",
    ]
    lines += all.map { rule in
      "| [`\(rule.id.rawValue)`](#\(rule.id.rawValue)) | \(rule.levelText) | \(rule.summary) |"
    }
    for rule in all { lines += [""] + rule.lines(heading: "##") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var levelText: String { levelNote.map { "\(level.rawValue); \($0)" } ?? level.rawValue }

  private func lines(heading: String) -> [String] {
    var lines = ["\(heading) \(id.rawValue)", ""] + wrapped("Level: \(levelText). Found when \(summary).") + [""]
    lines += paragraphs(page.meaning)
    lines += ["\(heading)# The smallest example", "", "```\(page.example.language)", page.example.code, "```", ""]
    lines += ["\(heading)# What it does in the field", ""] + wrapped(harm) + [""]
    lines += exceptionally(\.harm) + paragraphs(page.field)
    lines += ["\(heading)# How to mend it", ""] + wrapped(advice) + [""]
    lines += exceptionally(\.advice) + paragraphs(page.mending)
    lines += ["\(heading)# When it may stay", ""] + paragraphs(page.acceptable)
    return lines.dropLast()
  }

  /// Nothing where the exception has the rule's own text.
  private func exceptionally(_ text: KeyPath<Words, String>) -> [String] {
    guard let exception, exception.words[keyPath: text] != words[keyPath: text] else { return [] }
    return paragraphs(["Where \(exception.condition): \(exception.words[keyPath: text])"])
  }

  private func paragraphs(_ texts: [String]) -> [String] {
    texts.flatMap { wrapped($0) + [""] }
  }

  private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + 1 + word.count > 100 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
