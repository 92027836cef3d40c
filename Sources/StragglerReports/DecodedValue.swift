// A value of a saved report, and what the format demands of it.

/// Access to what the format demands; each failure is a `ReportError` that names the key, what was expected and found.
struct DecodedValue {
  private let document: JSONDocument
  private let index: Int

  /// The whole report.
  init(root document: JSONDocument) { self.init(document, 0) }

  private init(_ document: JSONDocument, _ index: Int) {
    self.document = document
    self.index = index
  }

  private var node: JSONNode { document.nodes[index] }

  private func wrong(_ expected: String, found: String? = nil) -> ReportError {
    let path = document.path(to: index)
    return .wrongValue(key: path.isEmpty ? "the report" : path, expected: expected, found: found ?? node.kindName)
  }

  /// Whether it is an object with such a member, whatever its value.
  func has(_ key: StaticString) -> Bool {
    node.kind == .object && document.member(key, of: index) != nil
  }

  /// A member that may be missing (null, then) because it was added to the format later, or because it is not known.
  func optionalMember(_ key: StaticString) throws(ReportError) -> DecodedValue? {
    guard node.kind == .object else { throw wrong("an object") }
    guard let member = document.member(key, of: index), document.nodes[member].kind != .null else { return nil }
    return DecodedValue(document, member)
  }

  func member(_ key: StaticString) throws(ReportError) -> DecodedValue {
    guard node.kind == .object else { throw wrong("an object") }
    guard let member = document.member(key, of: index) else {
      let path = document.path(to: index)
      throw .wrongValue(key: path.isEmpty ? "\(key)" : "\(path).\(key)", expected: "a value", found: "missing")
    }
    return DecodedValue(document, member)
  }

  func string() throws(ReportError) -> String {
    let node = node
    guard node.kind == .string || node.kind == .escapedString else { throw wrong("a string") }
    return document.string(node)
  }

  func bool() throws(ReportError) -> Bool {
    switch node.kind {
    case .true: return true
    case .false: return false
    default: throw wrong("true or false")
    }
  }

  /// An integer that the wanted type has room for.
  func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(ReportError) -> T {
    let node = node
    guard node.kind == .integer else { throw wrong("an integer") }
    guard let exact = T(exactly: node.payload) else { throw wrong("an integer in range", found: String(node.payload)) }
    return exact
  }

  /// `0x…`.
  func address() throws(ReportError) -> UInt64 {
    let text = try string()
    guard text.hasPrefix("0x"), let address = UInt64(text.dropFirst(2), radix: 16) else {
      throw wrong("an address (0x and hexadecimal digits)", found: "\"\(text)\"")
    }
    return address
  }

  func elements<T>(_ decode: (DecodedValue) throws(ReportError) -> T) throws(ReportError) -> [T] {
    let node = node
    guard node.kind == .array else { throw wrong("an array") }
    var result: [T] = []
    result.reserveCapacity(node.payload)
    var element = index + 1
    for _ in 0..<node.payload {
      result.append(try decode(DecodedValue(document, element)))
      element += document.nodes[element].width
    }
    return result
  }

  /// One of a fixed set of words.
  func word<T>(_ find: (String) -> T?, _ what: String) throws(ReportError) -> T {
    let text = try string()
    guard let found = find(text) else { throw wrong(what, found: "\"\(text)\"") }
    return found
  }

  /// The member if it is there and not null.
  func optional<T>(
    _ key: StaticString, _ decode: (DecodedValue) throws(ReportError) -> T
  ) throws(ReportError) -> T? {
    guard let member = try optionalMember(key) else { return nil }
    return try decode(member)
  }
}
