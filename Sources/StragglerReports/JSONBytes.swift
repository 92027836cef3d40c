// The bytes of a JSON text that is being written.

/// A report is written from millions of pieces: as bytes they are put together several times as fast as in a `String`.
struct JSONBytes {
  private var bytes: [UInt8] = []

  var string: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func appendLine(indent: Int) {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
  }

  /// A string literal. Besides what JSON demands, everything is escaped that could act on a terminal or a log.
  mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var contiguous = text
    let isPlain = contiguous.withUTF8 { characters in
      guard characters.allSatisfy(Self.isPlain) else { return false }
      bytes.append(contentsOf: characters)
      return true
    }
    if !isPlain { appendEscaped(text) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether an ASCII character stands for itself: most strings have no other, and are written as a whole.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func appendEscaped(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case _ where scalar.isDisruptive:
        for unit in String(scalar).utf16 { append("\\u" + Self.hexadecimal(unit)) }
      default: bytes.append(contentsOf: UTF8.encode(scalar)!)
      }
    }
  }

  /// Four digits.
  private static func hexadecimal(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
