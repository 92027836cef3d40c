// A JSON text that was read: its values in one array, in the order of the text.

/// One value. A report has millions of them, so that each is a few bytes, and no string is made before somebody asks for it.
struct JSONNode {
  enum Kind: UInt8 {
    case null, `false`, `true`, integer, number, string, escapedString, array, object
  }

  let kind: Kind
  /// The bytes of a string; the nodes of an array or object, its own with them. Members are a key and its value.
  var extent: UInt32 = 1
  /// The value of an integer; where a string begins, in bytes from the start of the text; the place of one with escapes among
  /// those that the document keeps; the number of elements or members.
  var payload = 0

  /// Where a string without escapes lies in the text.
  var bytes: Range<Int> { payload..<payload + Int(extent) }

  /// How far the next value is from this one, in nodes.
  var width: Int { kind.rawValue < Kind.array.rawValue ? 1 : Int(extent) }

  /// What it is, in the words of an error message.
  var kindName: String {
    switch kind {
    case .null: "null"
    case .false, .true: "a boolean"
    case .integer, .number: "a number"
    case .string, .escapedString: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The values of one text, found by their indices; the root is at 0. It must not outlive the text.
final class JSONDocument {
  let nodes: [JSONNode]
  private let text: UnsafeBufferPointer<UInt8>
  private let escaped: [String]
  private var known = KnownStrings()

  init(text: UnsafeBufferPointer<UInt8>, nodes: [JSONNode], escaped: [String]) {
    self.text = text
    self.nodes = nodes
    self.escaped = escaped
  }

  /// The characters of a string.
  func string(_ node: JSONNode) -> String {
    node.kind == .escapedString
      ? escaped[node.payload] : known.string(text, node.bytes)
  }

  /// The value of an object's member; nil where it has none of this name.
  ///
  /// - Complexity: linear in the number of members.
  func member(_ key: StaticString, of object: Int) -> Int? {
    var index = object + 1
    for _ in 0..<nodes[object].payload {
      if isString(nodes[index], key) { return index + 1 }
      index += 1 + nodes[index + 1].width
    }
    return nil
  }

  private func isString(_ node: JSONNode, _ key: StaticString) -> Bool {
    guard node.kind == .string else { return escaped[node.payload] == "\(key)" }
    return Int(node.extent) == key.utf8CodeUnitCount
      && text[node.bytes].elementsEqual(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
  }

  /// How to come to a value: `findings[0].thread.name`; empty for the root. Nobody asks but for an error.
  func path(to target: Int) -> String {
    var path = ""
    var index = 0
    while index != target {
      let isObject = nodes[index].kind == .object
      let step = isObject ? 2 : 1
      var number = 0
      var child = index + step
      while child + nodes[child].width <= target {
        child += nodes[child].width + step - 1
        number += 1
      }
      path += isObject ? (path.isEmpty ? "" : ".") + string(nodes[child - 1]) : "[\(number)]"
      index = child
    }
    return path
  }
}
