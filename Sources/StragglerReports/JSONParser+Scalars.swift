// Numbers, and the strings that have escapes.

// MARK: - Numbers

extension JSONParser {
  /// An integer with its value; of other numbers, and those with no room in an `Int`, only that they are there.
  mutating func number() throws(ReportError) -> JSONNode {
    let start = position
    let isNegative = text[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let leading = try peek()
    let value = try digits(negative: isNegative)
    guard leading != UInt8(ascii: "0") || position - start == (isNegative ? 2 : 1) else {
      throw .malformed(offset: start, expected: "a number without leading zeros")
    }
    var isInteger = true
    if position < text.count, text[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      _ = try digits()
    }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      try exponent()
    }
    guard isInteger, let value else { return JSONNode(kind: .number) }
    return JSONNode(kind: .integer, payload: value)
  }

  private mutating func exponent() throws(ReportError) {
    position += 1
    let sign = try peek()
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
    _ = try digits()
  }

  /// - Returns: their value; nil where it is out of range.
  private mutating func digits(negative: Bool = false) throws(ReportError) -> Int? {
    let start = position
    var value: Int? = 0
    while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
      let digit = Int(text[position] - UInt8(ascii: "0"))
      value = value.flatMap { Self.appending(negative ? -digit : digit, to: $0) }
      position += 1
    }
    guard position > start else {
      _ = try peek()
      throw malformed("a digit")
    }
    return value
  }

  private static func appending(_ digit: Int, to value: Int) -> Int? {
    let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = shifted.addingReportingOverflow(digit)
    return overflow || carry ? nil : sum
  }
}

// MARK: - Strings

extension JSONParser {
  /// A string with escapes in it: what stands before the first of them is known to be plain.
  mutating func escapedString(from start: Int) throws(ReportError) -> String {
    var result = Array(text[start..<position])
    while true {
      let byte = try peek()
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20 else { throw malformed("an escaped control character") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &result) } else { result.append(byte) }
    }
    guard let string = String(validating: result, as: UTF8.self) else {
      throw .malformed(offset: start, expected: "UTF-8")
    }
    position += 1
    return string
  }

  private mutating func escape(into result: inout [UInt8]) throws(ReportError) {
    let letter = try peek()
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): result += Array(String(try escapedScalar()).utf8)
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
