// A stack as text: its place with the source, then its callers.

internal import StragglerAnalysis
internal import StragglerModel

extension TextReport {
  /// - Parameters:
  ///   - brief: One line, without source and callers.
  ///   - earlier: A stack shown before: a place whose source was shown with it is not shown again.
  mutating func add(_ stack: Stack?, label: String, brief: Bool = false, markedBy earlier: Stack? = nil) {
    guard let stack, let outline = StackOutline(stack) else { return }
    add("  \(style.label(label)) \(location(outline))")
    guard !brief else { return }
    if earlier.flatMap(StackOutline.init).map({ $0.place.file == outline.place.file && $0.place.line == outline.place.line })
      != true
    {
      addExcerpt(of: outline.place)
    }
    for (index, caller) in outline.callers.enumerated() {
      add("      \(index == 0 ? "called by" : "         ") \(described(caller))")
    }
    if outline.omitted > 0 { add("                … \(outline.omitted) more") }
    if outline.incomplete { add("      \(style.faint("(older callers were not recorded)"))") }
  }

  /// `at Journal.swift:14:9 in Journal.append(_:), inside write`.
  func location(_ outline: StackOutline) -> String {
    var text = ""
    if let file = outline.place.file {
      text += "at \(style.path(file))\(position(outline.place)) "
    }
    text += "in \(functionName(outline.place))"
    if outline.place.file == nil, let module = outline.place.module { text += " (\(style.path(module)))" }
    if let inside = outline.inside { text += ", inside \(functionName(inside))" }
    return text + inferredMark(outline.place)
  }

  private func described(_ frame: Frame) -> String {
    var text = functionName(frame)
    if let file = frame.file {
      text += " at \(style.path(file))\(position(frame))"
    } else if let module = frame.module {
      text += " (\(style.path(module)))"
    }
    return text + inferredMark(frame)
  }

  /// Frames that were continued from the stack at exit are told from those that were recorded.
  private func inferredMark(_ frame: Frame) -> String {
    frame.inferred ? style.faint(" (inferred from the stack at exit)") : ""
  }

  private func position(_ frame: Frame) -> String {
    guard let line = frame.line else { return "" }
    return ":\(line)" + (frame.column.map { ":\($0)" } ?? "")
  }

  /// The function; of an unknown one, its address.
  private func functionName(_ frame: Frame) -> String {
    frame.function.map(visible) ?? "0x" + String(frame.address, radix: 16)
  }

  private mutating func addExcerpt(of frame: Frame) {
    guard let file = frame.file, let line = frame.line, let lines = source(file),
      let excerpt = SourceExcerpt(lines: lines, line: line, column: frame.column)
    else { return }
    let width = excerpt.rows.map(\.number.count).max() ?? 0
    for row in excerpt.rows {
      let number = String(repeating: " ", count: width - row.number.count) + row.number
      add("    \(style.faint("\(number) |")) \(row.isMark ? style.mark(row.text) : row.text)")
    }
  }
}
