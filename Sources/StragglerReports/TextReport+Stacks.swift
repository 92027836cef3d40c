// A stack as text: its place with the source, then its callers.

internal import StragglerAnalysis
internal import StragglerModel

extension TextReport {
  /// How a stack is introduced.
  struct Caption {
    /// What happened there: `cut off`.
    var label: String
    /// Beside the mark under the source line.
    var mark: String
    /// Columns on the left.
    var indent = 2
  }

  /// The place with its source, and its callers.
  ///
  /// - Parameter earlier: A stack shown before: source that was shown with it is not shown again.
  mutating func add(_ stack: Stack?, _ caption: Caption, after earlier: Stack? = nil) {
    guard let stack, let outline = StackOutline(stack) else { return }
    let margin = String(repeating: " ", count: caption.indent)
    add("\(margin)\(style.label(caption.label)) \(location(outline))")
    if earlier.flatMap(StackOutline.init).map({ $0.place.isBeside(outline.place) }) != true {
      addExcerpt(of: outline.place, caption)
    }
    for (index, caller) in outline.callers.enumerated() {
      add("\(margin)    \(index == 0 ? "called by" : "         ") \(described(caller))")
    }
    if outline.omitted > 0 { add("\(margin)              … \(outline.omitted) more, see the JSON report") }
    if outline.incomplete { add("\(margin)    \(style.faint("(older callers are not known)"))") }
  }

  /// The place in one line.
  mutating func addBriefly(_ stack: Stack?, label: String, indent: Int = 2) {
    guard let stack, let outline = StackOutline(stack) else { return }
    add("\(String(repeating: " ", count: indent))\(style.label(label)) \(location(outline))")
  }

  /// `at Journal.swift:14:9 in Journal.append(_:), inside write`.
  func location(_ outline: StackOutline) -> String {
    var text = ""
    if let file = outline.place.file { text += "at \(style.path(file))\(position(outline.place)) " }
    text += "in \(functionName(outline.place))"
    text += moduleMark(outline.place)
    if let inside = outline.inside { text += ", inside \(publicName(functionName(inside)))" }
    return text + inferredMark(outline.place)
  }

  func described(_ frame: Frame) -> String {
    var text = functionName(frame)
    if let file = frame.file {
      text += " at \(style.path(file))\(position(frame))"
    }
    return text + moduleMark(frame) + inferredMark(frame)
  }

  /// Where no file tells where the function is from.
  private func moduleMark(_ frame: Frame) -> String {
    let isSaid = frame.function == nil && frame.moduleOffset != nil
    guard frame.file == nil, !isSaid, let module = frame.module else { return "" }
    return " (\(style.path(module)))"
  }

  /// Frames that were continued from the stack at exit are told from those that were recorded at the time.
  private func inferredMark(_ frame: Frame) -> String {
    frame.inferred ? style.faint(" (inferred)") : ""
  }

  private func position(_ frame: Frame) -> String {
    guard let line = frame.line else { return "" }
    return ":\(line)" + (frame.column.map { ":\($0)" } ?? "")
  }

  /// The function; of an unknown one, where it is in its module (`/usr/bin/app+0x5ad33`): the same in every run.
  private func functionName(_ frame: Frame) -> String {
    if let function = frame.function { return visible(function) }
    guard let module = frame.module, let offset = frame.moduleOffset else {
      return "0x" + String(frame.address, radix: 16)
    }
    return "\(style.path(module))+0x\(String(offset, radix: 16))"
  }

  private mutating func addExcerpt(of frame: Frame, _ caption: Caption) {
    guard let file = frame.file, let line = frame.line, let lines = source(file),
      let excerpt = SourceExcerpt(lines: lines, line: line, column: frame.column)
    else { return }
    let width = excerpt.rows.map(\.number.count).max() ?? 0
    let margin = String(repeating: " ", count: caption.indent + 2)
    for row in excerpt.rows {
      let number = String(repeating: " ", count: width - row.number.count) + row.number
      let text = row.isMark ? style.mark("\(row.text) \(caption.mark)") : row.text
      add("\(margin)\(style.faint("\(number) |"))\(text.isEmpty ? "" : " ")\(text)")
    }
  }
}

extension Frame {
  fileprivate func isBeside(_ other: Frame) -> Bool { file == other.file && line == other.line }
}
