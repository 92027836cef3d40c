// A JSON value, and how it is written.

/// RFC 8259. An object keeps the order of its members.
enum JSONValue: Equatable {
  struct Member: Equatable {
    var key: String
    var value: JSONValue
  }

  case null
  case bool(Bool)
  case integer(Int)
  /// A number that is no integer, or too large for one.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// What it is, in the words of an error message.
  var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  /// Indented by two spaces. What contains no other object or array stays on one line: a frame, a thread.
  var text: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  /// - Parameter indent: that of the line it begins in, for those that follow.
  func write(to text: inout String, indent: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .string(let value): writeQuoted(value, to: &text)
    case .array(let values):
      text += "["
      separate(values, in: &text, indent: indent) { $1.write(to: &$0, indent: indent + 2) }
      text += "]"
    case .object(let members):
      text += "{"
      separate(members, in: &text, indent: indent) {
        writeQuoted($1.key, to: &$0)
        $0 += ": "
        $1.value.write(to: &$0, indent: indent + 2)
      }
      text += "}"
    }
  }

  /// Writes elements with what stands between them: a comma, and a line end where this value takes several lines.
  private func separate<T>(
    _ elements: [T], in text: inout String, indent: Int, write: (inout String, T) -> Void
  ) {
    let lineEnd = isFlat ? nil : "\n" + String(repeating: " ", count: indent + 2)
    for (index, element) in elements.enumerated() {
      if index > 0 { text += lineEnd == nil ? ", " : "," }
      text += lineEnd ?? ""
      write(&text, element)
    }
    if lineEnd != nil { text += "\n" + String(repeating: " ", count: indent) }
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

/// A string literal. Besides what JSON demands, everything is escaped that could act on a terminal or a log.
private func writeQuoted(_ text: String, to result: inout String) {
  result += "\""
  guard !text.utf8.allSatisfy(isPlain) else {
    result += text
    result += "\""
    return
  }
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.isDisruptive:
      for unit in String(scalar).utf16 { result += "\\u" + hexadecimal(unit) }
    default: result.unicodeScalars.append(scalar)
    }
  }
  result += "\""
}

/// Whether an ASCII character stands for itself: most strings have no other, and are written as a whole.
private func isPlain(_ byte: UInt8) -> Bool {
  (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}

/// Four digits.
private func hexadecimal(_ unit: UInt16) -> String {
  let digits = String(unit, radix: 16)
  return String(repeating: "0", count: 4 - digits.count) + digits
}
