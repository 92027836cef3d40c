// Patterns with `*` and `?`, as they stand in suppressions.

/// A pattern for names, paths and functions.
///
/// `*` stands for any characters, slashes too, `?` for one, and a backslash takes the meaning from what follows. Brackets mean
/// themselves: functions have them in their names (`operator[]`, `Cache.put(_: [Int])`).
struct Glob: Sendable, Equatable {
  private enum Token: Sendable, Equatable {
    case byte(UInt8)
    case one
    case any
  }

  private var tokens: [Token]

  init(_ pattern: String) {
    tokens = []
    var rest = pattern.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): tokens.append(.any)
      case UInt8(ascii: "?"): tokens.append(.one)
      case UInt8(ascii: "\\"): tokens.append(.byte(rest.popFirst() ?? byte))
      default: tokens.append(.byte(byte))
      }
    }
  }

  /// A pattern of the sanitizers' suppressions: found anywhere, unless `^` or `$` holds it to an end; only `*` is special.
  init(sanitizerPattern pattern: Substring) {
    let isAtStart = pattern.hasPrefix("^")
    let isAtEnd = pattern.hasSuffix("$") && pattern.count > (isAtStart ? 1 : 0)
    let middle = pattern.utf8.dropFirst(isAtStart ? 1 : 0).dropLast(isAtEnd ? 1 : 0)
    tokens = isAtStart ? [] : [.any]
    tokens += middle.map { $0 == UInt8(ascii: "*") ? .any : .byte($0) }
    if !isAtEnd { tokens.append(.any) }
  }

  /// Whether there is nothing in it but wildcards.
  var isAnything: Bool { tokens.allSatisfy { $0 == .any || $0 == .one } }

  /// Whether all of the text is as the pattern says. Time: at worst the product of their lengths.
  func matches(_ text: Substring) -> Bool {
    var text = text
    return text.withUTF8(matches)
  }

  func matches(_ text: String) -> Bool { matches(text[...]) }

  /// Whether the path, or what follows one of its slashes, is as the pattern says: a pattern need not name the folder that
  /// a checkout lies in.
  func matchesPath(_ path: String) -> Bool {
    if matches(path) { return true }
    var rest = path[...]
    while let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) {
      rest = rest[rest.utf8.index(after: slash)...]
      if matches(rest) { return true }
    }
    return false
  }

  private func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    var token = 0
    // Where to go on when the last `*` has to take one character more.
    var retry: (token: Int, position: Int)?
    while true {
      if token < tokens.count, tokens[token] == .any {
        retry = (token + 1, position)
        token += 1
      } else if position == text.count, token == tokens.count {
        return true
      } else if let next = step(token, text, position) {
        token += 1
        position = next
      } else if let again = retry, again.position < text.count {
        retry = (again.token, again.position + 1)
        (token, position) = (again.token, again.position + 1)
      } else {
        return false
      }
    }
  }

  /// The position behind what the token takes; nil where it is something else.
  private func step(_ token: Int, _ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int? {
    guard token < tokens.count, position < text.count else { return nil }
    switch tokens[token] {
    case .byte(let byte): return text[position] == byte ? position + 1 : nil
    case .any: return nil
    case .one:
      // One character: its first byte and what continues it.
      var next = position + 1
      while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
      return next
    }
  }
}
