// A strict JSON parser (RFC 8259) for reports that may come from anywhere: no extensions, a limited depth.

/// Reads one value. Errors say where, and tell an early end from other mistakes.
struct JSONParser {
  /// Deeper nesting is refused: reports need two levels for each generation of child processes, and ten for the rest.
  static let depthLimit = 256

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var known = KnownStrings()

  /// - Throws: `truncated` or `malformed`; also for anything but white space after the value.
  static func parse(_ bytes: [UInt8]) throws(ReportError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value()
    parser.skipWhiteSpace()
    guard parser.position == bytes.count else { throw parser.malformed("the end of the text") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value() throws(ReportError) -> JSONValue {
    skipWhiteSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try nested { parser throws(ReportError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(ReportError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw malformed("a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(ReportError) -> JSONValue
  ) throws(ReportError) -> JSONValue {
    guard depth < Self.depthLimit else { throw malformed("at most \(Self.depthLimit) levels of nesting") }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws(ReportError) -> JSONValue {
    try expect("{")
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipWhiteSpace()
    guard try peek() != UInt8(ascii: "}") else { return finish(.object([])) }
    while true {
      skipWhiteSpace()
      let start = position
      let key = try string()
      guard isNew(key, among: members, &keys) else {
        throw .malformed(offset: start, expected: "a key that its object does not have yet")
      }
      skipWhiteSpace()
      try expect(":")
      members.append(JSONValue.Member(key: key, value: try value()))
      guard try another(before: "}") else { return .object(members) }
    }
  }

  /// A look at each member is quickest as long as they are few, and they mostly are.
  private func isNew(_ key: String, among members: [JSONValue.Member], _ keys: inout Set<String>) -> Bool {
    let few = 24
    if members.count < few { return !members.contains { $0.key == key } }
    if keys.isEmpty { keys = Set(members.map(\.key)) }
    return keys.insert(key).inserted
  }

  private mutating func array() throws(ReportError) -> JSONValue {
    try expect("[")
    var values: [JSONValue] = []
    skipWhiteSpace()
    guard try peek() != UInt8(ascii: "]") else { return finish(.array([])) }
    while true {
      values.append(try value())
      guard try another(before: "]") else { return .array(values) }
    }
  }

  /// Steps over the closing bracket of an empty value.
  private mutating func finish(_ value: JSONValue) -> JSONValue {
    position += 1
    return value
  }

  /// Steps over a comma (true) or over the closing bracket (false).
  private mutating func another(before end: Unicode.Scalar) throws(ReportError) -> Bool {
    skipWhiteSpace()
    let next = try peek()
    guard next == UInt8(ascii: ",") || next == UInt8(ascii: end) else { throw malformed("\",\" or \"\(end)\"") }
    position += 1
    return next == UInt8(ascii: ",")
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(ReportError) -> JSONValue {
    for byte in "\(text)".utf8 {
      guard try peek() == byte else { throw malformed("\"\(text)\"") }
      position += 1
    }
    return value
  }

  private func peek() throws(ReportError) -> UInt8 {
    guard position < bytes.count else { throw .truncated(length: bytes.count) }
    return bytes[position]
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(ReportError) {
    guard try peek() == UInt8(ascii: character) else { throw malformed("\"\(character)\"") }
    position += 1
  }

  private mutating func skipWhiteSpace() {
    while position < bytes.count, Self.isWhiteSpace(bytes[position]) { position += 1 }
  }

  static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  private func malformed(_ expected: String) -> ReportError { .malformed(offset: position, expected: expected) }
}

// MARK: - Numbers

extension JSONParser {
  private mutating func number() throws(ReportError) -> JSONValue {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let leading = try peek()
    try digits()
    guard leading != UInt8(ascii: "0") || bytes[position - 1] == leading && isSingleZero(from: start) else {
      throw .malformed(offset: start, expected: "a number without leading zeros")
    }
    var isInteger = true
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      try exponent()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text) else { throw .malformed(offset: start, expected: "a number") }
    return .number(value)
  }

  private func isSingleZero(from start: Int) -> Bool {
    position - start == (bytes[start] == UInt8(ascii: "-") ? 2 : 1)
  }

  private mutating func exponent() throws(ReportError) {
    position += 1
    let sign = try peek()
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
    try digits()
  }

  private mutating func digits() throws(ReportError) {
    let start = position
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
    guard position > start else {
      _ = try peek()
      throw malformed("a digit")
    }
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(ReportError) -> String {
    try expect("\"")
    let start = position
    let plain = bytes[start...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
    position = plain ?? bytes.count
    guard try peek() == UInt8(ascii: "\"") else { return try escapedString(from: start) }
    guard let text = known.string(bytes, start..<position) else { throw .malformed(offset: start, expected: "UTF-8") }
    position += 1
    return text
  }

  /// A string with escapes in it: what stands before the first of them is known to be plain.
  private mutating func escapedString(from start: Int) throws(ReportError) -> String {
    var text = Array(bytes[start..<position])
    while true {
      let byte = try peek()
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20 else { throw malformed("an escaped control character") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard let result = String(validating: text, as: UTF8.self) else {
      throw .malformed(offset: start, expected: "UTF-8")
    }
    position += 1
    return result
  }

  private mutating func escape(into text: inout [UInt8]) throws(ReportError) {
    let letter = try peek()
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text += Array(String(try escapedScalar()).utf8)
    default:
      position -= 1
      throw malformed("one of \" \\ / b f n r t u after a backslash")
    }
  }

  /// One `\u` escape, or the two of a surrogate pair.
  private mutating func escapedScalar() throws(ReportError) -> Unicode.Scalar {
    let start = position - 2
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first) else { throw .malformed(offset: start, expected: "a surrogate pair") }
    try expect("\\")
    try expect("u")
    let second = try codeUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw .malformed(offset: start, expected: "a surrogate pair") }
    return scalar
  }

  private mutating func codeUnit() throws(ReportError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = try peek()
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw malformed("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
