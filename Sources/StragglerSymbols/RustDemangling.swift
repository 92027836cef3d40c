// Rust's linker names, version 0 of its mangling (RFC 2603), as a person writes them.

/// Reads one name from its beginning to its end. Hostile names end it early: it has a limit of depth and of output.
struct RustDemangling {
  private static let depthLimit = 64
  private static let outputLimit = 2_000

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var written = 0

  private struct Malformed: Error {}

  /// `app::worker::{closure#0}` for `_RNCNvCs…_3app6worker0`; nil where the name is no such one.
  static func readable(_ name: String) -> String? {
    guard name.hasPrefix("_R") else { return nil }
    // What the compiler and the linker append (".llvm.123") is no part of it.
    var parser = RustDemangling(bytes: Array(name.dropFirst(2).prefix { $0 != "." }.utf8))
    return try? parser.path()
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  // MARK: - Characters

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take() throws -> Character {
    guard let byte = next else { throw Malformed() }
    position += 1
    return Character(UnicodeScalar(byte))
  }

  private mutating func take(if character: Character) -> Bool {
    guard next == character.asciiValue else { return false }
    position += 1
    return true
  }

  /// `_` is 0, `0_` is 1. Modulo 2 to the 64, which is where a crate's hash ends.
  private mutating func base62() throws -> UInt64 {
    if take(if: "_") { return 0 }
    var value: UInt64 = 0
    while !take(if: "_") {
      let digit = try take()
      let number: UInt8
      switch digit {
      case "0"..."9": number = digit.asciiValue! - 48
      case "a"..."z": number = digit.asciiValue! - 97 + 10
      case "A"..."Z": number = digit.asciiValue! - 65 + 36
      default: throw Malformed()
      }
      value = value &* 62 &+ UInt64(number)
    }
    return value &+ 1
  }

  private mutating func disambiguator() throws -> UInt64 {
    take(if: "s") ? try base62() &+ 1 : 0
  }

  private mutating func identifier() throws -> String {
    let isPunycode = take(if: "u")
    guard let first = next, (48...57).contains(first) else { throw Malformed() }
    var length = 0
    while let byte = next, (48...57).contains(byte), length < bytes.count {
      position += 1
      length = length * 10 + Int(byte - 48)
      if length == 0 { break }
    }
    _ = take(if: "_")
    guard length <= bytes.count - position else { throw Malformed() }
    defer { position += length }
    let text = String(decoding: bytes[position..<position + length], as: UTF8.self)
    return isPunycode ? "punycode{\(text)}" : text
  }

  // MARK: - Nesting

  private mutating func nested(_ body: (inout RustDemangling) throws -> String) throws -> String {
    guard depth < Self.depthLimit, written < Self.outputLimit else { throw Malformed() }
    depth += 1
    defer { depth -= 1 }
    let text = try body(&self)
    written += text.utf8.count
    return text
  }

  private mutating func backReference(_ body: (inout RustDemangling) throws -> String) throws -> String {
    let start = position - 1
    guard let target = Int(exactly: try base62()), target < start else { throw Malformed() }
    let after = position
    position = target
    defer { position = after }
    return try nested(body)
  }

  private mutating func list(_ element: (inout RustDemangling) throws -> String) throws -> [String] {
    var elements: [String] = []
    while !take(if: "E") { elements.append(try element(&self)) }
    return elements
  }

  // MARK: - Grammar

  private mutating func path() throws -> String {
    try nested { parser in try parser.pathBody() }
  }

  private mutating func pathBody() throws -> String {
    switch try take() {
    case "C":
      _ = try disambiguator()
      return try identifier()
    case "M":
      try skipImplementation()
      return "<\(try type())>"
    case "X":
      try skipImplementation()
      return "<\(try type()) as \(try path())>"
    case "Y": return "<\(try type()) as \(try path())>"
    case "N": return try nestedName()
    case "I":
      let base = try path()
      return "\(base)::<\(try list { try $0.genericArgument() }.joined(separator: ", "))>"
    case "B": return try backReference { try $0.path() }
    default: throw Malformed()
    }
  }

  private mutating func skipImplementation() throws {
    _ = try disambiguator()
    _ = try path()
  }

  private mutating func nestedName() throws -> String {
    let space = try take()
    let parent = try path()
    let number = try disambiguator()
    let name = try identifier()
    switch space {
    case "C": return "\(parent)::{closure\(name.isEmpty ? "" : ":\(name)")#\(number)}"
    case "A"..."Z": return "\(parent)::{\(space)\(name.isEmpty ? "" : ":\(name)")#\(number)}"
    default: return name.isEmpty ? parent : "\(parent)::\(name)"
    }
  }

  private mutating func genericArgument() throws -> String {
    if take(if: "L") {
      _ = try base62()
      return "'_"
    }
    return take(if: "K") ? try constant() : try type()
  }

  private static let basicTypes: [Character: String] = [
    "a": "i8", "b": "bool", "c": "char", "d": "f64", "e": "str", "f": "f32", "h": "u8", "i": "isize", "j": "usize",
    "l": "i32", "m": "u32", "n": "i128", "o": "u128", "s": "i16", "t": "u16", "u": "()", "v": "...", "x": "i64",
    "y": "u64", "z": "!", "p": "_",
  ]

  private mutating func type() throws -> String {
    try nested { parser in try parser.typeBody() }
  }

  private mutating func typeBody() throws -> String {
    let start = position
    let tag = try take()
    if let basic = Self.basicTypes[tag] { return basic }
    switch tag {
    case "A": return "[\(try type()); \(try constant())]"
    case "S": return "[\(try type())]"
    case "T": return "(\(try list { try $0.type() }.joined(separator: ", ")))"
    case "R", "Q":
      if take(if: "L") { _ = try base62() }
      return (tag == "R" ? "&" : "&mut ") + (try type())
    case "P": return "*const \(try type())"
    case "O": return "*mut \(try type())"
    case "F": return try function()
    case "D": return try dynamic()
    case "B": return try backReference { try $0.type() }
    default:
      position = start
      return try path()
    }
  }

  private mutating func skipBinder() throws {
    if take(if: "G") { _ = try base62() }
  }

  private mutating func function() throws -> String {
    try skipBinder()
    _ = take(if: "U")
    if take(if: "K"), !take(if: "C") { _ = try identifier() }
    let parameters = try list { try $0.type() }.joined(separator: ", ")
    let result = try type()
    return result == "()" ? "fn(\(parameters))" : "fn(\(parameters)) -> \(result)"
  }

  private mutating func dynamic() throws -> String {
    try skipBinder()
    let traits = try list { parser in
      let trait = try parser.path()
      while parser.take(if: "p") {
        _ = try parser.identifier()
        _ = try parser.type()
      }
      return trait
    }
    if take(if: "L") { _ = try base62() }
    return "dyn \(traits.joined(separator: " + "))"
  }

  private mutating func constant() throws -> String {
    if take(if: "B") { return try backReference { try $0.constant() } }
    if take(if: "p") { return "_" }
    _ = try type()
    let sign = take(if: "n") ? "-" : ""
    var digits = ""
    while !take(if: "_") { digits.append(try take()) }
    return UInt64(digits.isEmpty ? "0" : digits, radix: 16).map { sign + String($0) } ?? "0x\(digits)"
  }
}
