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
  /// Indented by two spaces; what fits into a line of 120 columns stays on one.
  func text(indent: Int = 0) -> String {
    let line = compactText
    guard indent + line.utf8.count > 118 else { return line }
    let margin = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .array(let values):
      let lines = values.map { margin + $0.text(indent: indent + 2) }
      return "[\n" + lines.joined(separator: ",\n") + end + "]"
    case .object(let members):
      let lines = members.map { margin + quoted($0.key) + ": " + $0.value.text(indent: indent + 2) }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    default: return line
    }
  }

  private var compactText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): value.isFinite ? String(value) : "null"
    case .string(let value): quoted(value)
    case .array(let values): "[" + values.map(\.compactText).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { quoted($0.key) + ": " + $0.value.compactText }.joined(separator: ", ") + "}"
    }
  }
}

/// A string literal. Besides what JSON demands, everything is escaped that could act on a terminal or a log.
private func quoted(_ text: String) -> String {
  var result = "\""
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
  return result + "\""
}

/// Four digits.
private func hexadecimal(_ unit: UInt16) -> String {
  let digits = String(unit, radix: 16)
  return String(repeating: "0", count: 4 - digits.count) + digits
}
