// A JSON value, and how it is written.

/// RFC 8259. An object keeps the order of its members.
enum JSONValue {
  struct Member {
    var key: String
    var value: JSONValue
  }

  case null
  case bool(Bool)
  case integer(Int)
  case string(String)
  case array([JSONValue])
  case object([Member])
}

extension JSONValue {
  /// Indented by two spaces. What contains no other object or array stays on one line: a frame, a thread.
  ///
  /// - Parameter indent: that of the line it begins in, for those that follow.
  func text(indent: Int = 0) -> String {
    var text = JSONBytes()
    write(to: &text, indent: indent)
    return text.string
  }

  private func write(to text: inout JSONBytes, indent: Int) {
    switch self {
    case .null: text.append("null")
    case .bool(let value): text.append(value ? "true" : "false")
    case .integer(let value): text.append(String(value))
    case .string(let value): text.appendQuoted(value)
    case .array(let values):
      text.append("[")
      separate(values, in: &text, indent: indent) { $1.write(to: &$0, indent: indent + 2) }
      text.append("]")
    case .object(let members):
      text.append("{")
      separate(members, in: &text, indent: indent) {
        $0.appendQuoted($1.key)
        $0.append(": ")
        $1.value.write(to: &$0, indent: indent + 2)
      }
      text.append("}")
    }
  }

  /// Writes elements with what stands between them: a comma, and a line end where this value takes several lines.
  private func separate<T>(
    _ elements: [T], in text: inout JSONBytes, indent: Int, write: (inout JSONBytes, T) -> Void
  ) {
    let isFlat = isFlat
    for (index, element) in elements.enumerated() {
      if index > 0 { text.append(isFlat ? ", " : ",") }
      if !isFlat { text.appendLine(indent: indent + 2) }
      write(&text, element)
    }
    if !isFlat { text.appendLine(indent: indent) }
  }

  /// Nothing in it contains anything.
  private var isFlat: Bool {
    switch self {
    case .array(let values): values.allSatisfy(\.isScalar)
    case .object(let members): members.allSatisfy(\.value.isScalar)
    default: true
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array(let values): values.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }
}
