// Short ways to make JSON values.

extension JSONValue.Member {
  init(_ key: String, _ value: JSONValue) { self.init(key: key, value: value) }
}

extension JSONValue {
  static func members(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { Member($0.0, $0.1) })
  }

  /// An object without the members that have no value.
  static func present(_ members: (String, JSONValue?)...) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(key, $0) } })
  }

  static func optional<T>(_ value: T?, _ encode: (T) -> JSONValue) -> JSONValue {
    value.map(encode) ?? .null
  }

  /// `0x7f3c76dfed40`: a string, because JSON's numbers are exact only up to 53 bits in many readers.
  static func address(_ address: UInt64) -> JSONValue { .string("0x" + String(address, radix: 16)) }
}
