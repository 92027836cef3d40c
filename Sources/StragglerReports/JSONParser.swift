// A strict JSON parser (RFC 8259) for reports that may come from anywhere: no extensions, a limited depth.

/// Reads one value. Errors say where, and tell an early end from other mistakes.
struct JSONParser {
  /// Deeper nesting is refused: reports need two levels for each generation of child processes, and ten for the rest.
  static let depthLimit = 256

  /// Looked at before its end only.
  let text: UnsafeBufferPointer<UInt8>
  var position = 0
  private var nodes: [JSONNode] = []
  /// The strings that had escapes.
  private var escaped: [String] = []
  private var depth = 0

  /// - Parameter text: less than 4 GiB.
  /// - Returns: the values; they must not outlive the text.
  /// - Throws: `truncated` or `malformed`; also for anything but white space after the value.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) throws(ReportError) -> JSONDocument {
    precondition(text.count <= UInt32.max)
    var parser = JSONParser(text: text)
    // A value that is written with indentation takes no fewer bytes on the average.
    parser.nodes.reserveCapacity(text.count / 16)
    try parser.value()
    parser.skipWhiteSpace()
    guard parser.position == text.count else { throw parser.malformed("the end of the text") }
    return JSONDocument(text: text, nodes: parser.nodes, escaped: parser.escaped)
  }

  private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

  private mutating func value() throws(ReportError) {
    skipWhiteSpace()
    switch try peek() {
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try word("true", .true)
    case UInt8(ascii: "f"): try word("false", .false)
    case UInt8(ascii: "n"): try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): nodes.append(try number())
    default: throw malformed("a value")
    }
  }

  private mutating func object() throws(ReportError) {
    let object = try open(.object)
    var keys: Set<String> = []
    var count = 0
    while try another(after: count, before: "}") {
      skipWhiteSpace()
      let start = position
      try string()
      guard isNew(after: count, of: object, &keys) else {
        throw .malformed(offset: start, expected: "a key that its object does not have yet")
      }
      skipWhiteSpace()
      try expect(":")
      try value()
      count += 1
    }
    close(object, count)
  }

  /// Whether the last node is the first key of its text. A look at each member is quickest as long as they are few, and they
  /// mostly are.
  private func isNew(after count: Int, of object: Int, _ keys: inout Set<String>) -> Bool {
    let few = 24
    let key = nodes[nodes.count - 1]
    var index = object + 1
    if count == few {
      for _ in 0..<count {
        keys.insert(string(nodes[index]))
        index += 1 + nodes[index + 1].width
      }
    }
    if count >= few { return keys.insert(string(key)).inserted }
    for _ in 0..<count {
      if isSame(nodes[index], key) { return false }
      index += 1 + nodes[index + 1].width
    }
    return true
  }

  private func isSame(_ one: JSONNode, _ other: JSONNode) -> Bool {
    if one.kind == .string, other.kind == .string {
      return one.extent == other.extent && text[one.bytes].elementsEqual(text[other.bytes])
    }
    return string(one) == string(other)
  }

  private func string(_ node: JSONNode) -> String {
    node.kind == .string ? String(decoding: text[node.bytes], as: UTF8.self) : escaped[node.payload]
  }

  private mutating func array() throws(ReportError) {
    let array = try open(.array)
    var count = 0
    while try another(after: count, before: "]") {
      try value()
      count += 1
    }
    close(array, count)
  }

  /// Steps over the opening bracket, and makes a node that is completed when all that it contains has been read.
  private mutating func open(_ kind: JSONNode.Kind) throws(ReportError) -> Int {
    guard depth < Self.depthLimit else { throw malformed("at most \(Self.depthLimit) levels of nesting") }
    depth += 1
    position += 1
    nodes.append(JSONNode(kind: kind))
    return nodes.count - 1
  }

  private mutating func close(_ container: Int, _ count: Int) {
    depth -= 1
    nodes[container].extent = UInt32(nodes.count - container)
    nodes[container].payload = count
  }

  /// Steps over the closing bracket (false), or over a comma where it is not the first element (true).
  private mutating func another(after count: Int, before end: Unicode.Scalar) throws(ReportError) -> Bool {
    skipWhiteSpace()
    let next = try peek()
    if next == UInt8(ascii: end) {
      position += 1
      return false
    }
    if count == 0 { return true }
    guard next == UInt8(ascii: ",") else { throw malformed("\",\" or \"\(end)\"") }
    position += 1
    return true
  }

  private mutating func word(_ text: StaticString, _ kind: JSONNode.Kind) throws(ReportError) {
    for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) {
      guard try peek() == byte else { throw malformed("\"\(text)\"") }
      position += 1
    }
    nodes.append(JSONNode(kind: kind))
  }

  private mutating func string() throws(ReportError) {
    try expect("\"")
    let start = position
    let isASCII = skipPlain()
    guard try peek() == UInt8(ascii: "\"") else {
      nodes.append(JSONNode(kind: .escapedString, payload: escaped.count))
      escaped.append(try escapedString(from: start))
      return
    }
    guard isASCII || String(validating: text[start..<position], as: UTF8.self) != nil else {
      throw .malformed(offset: start, expected: "UTF-8")
    }
    nodes.append(JSONNode(kind: .string, extent: UInt32(position - start), payload: start))
    position += 1
  }

  func peek() throws(ReportError) -> UInt8 {
    guard position < text.count else { throw .truncated(length: text.count) }
    return text[position]
  }

  mutating func expect(_ character: Unicode.Scalar) throws(ReportError) {
    guard try peek() == UInt8(ascii: character) else { throw malformed("\"\(character)\"") }
    position += 1
  }

  /// The next eight bytes, if there are so many.
  private var nextEight: UInt64? {
    position + 8 <= text.count
      ? UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: position, as: UInt64.self) : nil
  }

  private mutating func skipWhiteSpace() {
    while position < text.count, Self.isWhiteSpace(text[position]) {
      position += 1
      while nextEight == EightBytes.all(0x20) { position += 8 }
    }
  }

  /// Goes to the first byte that does not stand for itself in a string: a quote, a backslash or a control character.
  ///
  /// - Returns: whether all before it were ASCII.
  private mutating func skipPlain() -> Bool {
    while let eight = nextEight, EightBytes.arePlainASCII(eight) { position += 8 }
    var isASCII = true
    while position < text.count, text[position] >= 0x20, text[position] != UInt8(ascii: "\""),
      text[position] != UInt8(ascii: "\\")
    {
      isASCII = isASCII && text[position] < 0x80
      position += 1
    }
    return isASCII
  }

  static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  func malformed(_ expected: String) -> ReportError { .malformed(offset: position, expected: expected) }
}

/// Eight bytes looked at in one step.
private enum EightBytes {
  static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// No quote, no backslash, no control character, nothing above 0x7F. (A byte below N is one that N taken from it makes
  /// negative; it is at most the wrong one that is found behind a right one, which is no matter here.)
  static func arePlainASCII(_ bytes: UInt64) -> Bool {
    let high = all(0x80)
    let control = bytes &- all(0x20)
    let quote = (bytes ^ all(UInt8(ascii: "\""))) &- all(1)
    let backslash = (bytes ^ all(UInt8(ascii: "\\"))) &- all(1)
    return (bytes | control | quote | backslash) & high == 0
  }
}
