// A JSON value together with its place in the report, so that an error can name it.

/// Access to what the format demands; each failure is a `ReportError` that names the key, what was expected and found.
struct DecodedValue {
  let value: JSONValue
  private let place: Place

  /// How to come to a value; spelled out only for an error, since most reports have none.
  private indirect enum Place {
    case root
    case member(String, of: Place)
    case element(Int, of: Place)

    /// `findings[0].thread.name`; empty for the whole report.
    var path: String {
      switch self {
      case .root: ""
      case .member(let key, .root): key
      case .member(let key, let parent): "\(parent.path).\(key)"
      case .element(let index, let parent): "\(parent.path)[\(index)]"
      }
    }
  }

  /// The whole report.
  init(root value: JSONValue) { self.init(value, .root) }

  private init(_ value: JSONValue, _ place: Place) {
    self.value = value
    self.place = place
  }

  private func wrong(_ expected: String, found: String? = nil) -> ReportError {
    let path = place.path
    return .wrongValue(key: path.isEmpty ? "the report" : path, expected: expected, found: found ?? value.kindName)
  }

  /// A member that may be missing (null, then) because it was added to the format later, or because it is not known.
  func optionalMember(_ key: String) throws(ReportError) -> DecodedValue? {
    guard case .object(let members) = value else { throw wrong("an object") }
    guard let member = members.first(where: { $0.key == key }), member.value != .null else { return nil }
    return DecodedValue(member.value, .member(key, of: place))
  }

  func member(_ key: String) throws(ReportError) -> DecodedValue {
    guard case .object(let members) = value else { throw wrong("an object") }
    guard let member = members.first(where: { $0.key == key }) else {
      throw .wrongValue(key: Place.member(key, of: place).path, expected: "a value", found: "missing")
    }
    return DecodedValue(member.value, .member(key, of: place))
  }

  func string() throws(ReportError) -> String {
    guard case .string(let text) = value else { throw wrong("a string") }
    return text
  }

  func bool() throws(ReportError) -> Bool {
    guard case .bool(let flag) = value else { throw wrong("true or false") }
    return flag
  }

  /// An integer that the wanted type has room for.
  func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(ReportError) -> T {
    guard case .integer(let number) = value else { throw wrong("an integer") }
    guard let exact = T(exactly: number) else { throw wrong("an integer in range", found: String(number)) }
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
    guard case .array(let values) = value else { throw wrong("an array") }
    var result: [T] = []
    result.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      result.append(try decode(DecodedValue(value, .element(index, of: place))))
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
    _ key: String, _ decode: (DecodedValue) throws(ReportError) -> T
  ) throws(ReportError) -> T? {
    guard let member = try optionalMember(key) else { return nil }
    return try decode(member)
  }
}
