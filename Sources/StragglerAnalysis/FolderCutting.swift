// Texts in which paths are cut down to their last component.
//
// All goes by Unicode scalars: a slash with a mark behind it that combines with it is one `Character`, and no slash.

typealias Scalars = Substring.UnicodeScalarView

/// What stays of a path: the part after its last slash. One that ends with a slash names a folder, and nothing of it stays.
func withoutFolder(_ path: String) -> String {
  path.utf8.last == slash && !path.utf8.allSatisfy { $0 == slash } ? "" : lastComponent(path)
}

private let slash = UInt8(ascii: "/")

private func withoutFolder(_ path: Scalars) -> String { withoutFolder(String(path)) }

/// Free text without the folders of its paths: those that begin with `/`, `~/`, `~name/`, `./` or `../`. A path behind a quote or
/// a bracket ends with it, another with a colon and a blank; a blank alone ends none, a folder's name may have some. An address
/// on the network stays, and so does anything else with a slash: a lock may be called `pool/1`.
func withoutFolders(_ text: String) -> String {
  let text = text[...].unicodeScalars
  var result = ""
  var rest = text
  while let slash = rest.firstIndex(of: "/") {
    let start = rest[..<slash].lastIndex(where: isDelimiter).map(rest.index(after:)) ?? rest.startIndex
    let before = start > text.startIndex ? text[text.index(before: start)] : nil
    let head = rest[start..<slash]
    let beginsPath = (["", ".", ".."].contains(String(head)) || head.first == "~") && (before.map(isDelimiter) ?? true)
    let end: Scalars.Index
    if let endOfAddress = endOfAddress(in: text, at: slash) {
      end = endOfAddress
      result += String(rest[..<end])
    } else if beginsPath {
      end = endOfPath(rest[start...], after: before)
      result += String(rest[..<start]) + withoutFolder(rest[start..<end])
    } else {
      end = rest.index(after: slash)
      result += String(rest[..<end])
    }
    rest = rest[end...]
  }
  return result + String(rest)
}

/// Where an address like `https://host/page` ends, whose first slash this is; nil where there is none. Without a host, or as a
/// file's, it is a path.
private func endOfAddress(in text: Scalars, at slash: Scalars.Index) -> Scalars.Index? {
  let host = text[slash...].dropFirst(2)
  guard text[slash...].starts(with: "//".unicodeScalars), host.first != "/", text[..<slash].last == ":" else {
    return nil
  }
  let letters = text[..<slash].dropLast().reversed().prefix { isOfScheme($0) }
  let scheme = String(String.UnicodeScalarView(letters.reversed())).lowercased()
  guard !scheme.isEmpty, scheme != "file", !scheme.hasSuffix("+file") else { return nil }
  return text[slash...].firstIndex { isBlank($0) || "\"'<>()[]".unicodeScalars.contains($0) } ?? text.endIndex
}

private func endOfPath(_ rest: Scalars, after before: Unicode.Scalar?) -> Scalars.Index {
  switch before {
  case "\"", "'": endOfQuote(before, in: rest) ?? rest.endIndex
  case "(": endOfBrackets(rest) ?? rest.endIndex
  case nil: endOfSubject(rest) ?? rest.endIndex
  default: endOfSubject(rest) ?? endOfWords(rest)
  }
}

/// The mark that closes it. One in the middle of a word is a name's.
private func endOfQuote(_ mark: Unicode.Scalar?, in rest: Scalars) -> Scalars.Index? {
  rest.indices.first { rest[$0] == mark && isEnd(rest[$0...].dropFirst()) }
}

private func endOfBrackets(_ rest: Scalars) -> Scalars.Index? {
  var depth = 1
  return rest.indices.first { index in
    depth += rest[index] == "(" ? 1 : rest[index] == ")" ? -1 : 0
    return depth <= 0 && rest[index] == ")" && isEnd(rest[index...].dropFirst())
  }
}

/// The colon behind which something is said of it.
private func endOfSubject(_ rest: Scalars) -> Scalars.Index? {
  rest.indices.first { rest[$0...].starts(with: ": ".unicodeScalars) }
}

/// A mark that ends a path, unless a slash follows it before any blank: rather too much is cut than a folder's name left over.
private func endOfWords(_ rest: Scalars) -> Scalars.Index {
  var start = rest.startIndex
  while let end = rest[start...].firstIndex(where: { isDelimiter($0) && !isBlank($0) }) {
    let run = rest[end...].prefix { !isBlank($0) }
    guard let slash = run.lastIndex(of: "/") else { return end }
    start = rest.index(after: slash)
  }
  return rest.endIndex
}

private func isEnd(_ rest: Scalars) -> Bool { rest.first.map(isDelimiter) ?? true }

private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

private func isDelimiter(_ scalar: Unicode.Scalar) -> Bool {
  isBlank(scalar) || "\"'(),;:=<>[]{}".unicodeScalars.contains(scalar)
}

private func isOfScheme(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar {
  case "a"..."z", "A"..."Z", "0"..."9", "+", "-", ".": true
  default: false
  }
}

/// A program's argument without folders. Nobody knows what it means: whatever has a slash may be a path, a relative one, or one
/// behind an option's letter. Rather too much is cut than a folder's name left over.
func argumentWithoutFolders(_ argument: String) -> String { argumentWithoutFolders(argument[...].unicodeScalars) }

private func argumentWithoutFolders(_ argument: Scalars) -> String {
  guard argument.contains("/") else { return String(argument) }
  if argument.first == "/" { return listWithoutFolders(argument) }
  if let (start, end) = quoted(argument) {
    return argumentWithoutFolders(argument[..<start]) + String(argument[start])
      + argumentWithoutFolders(argument[start..<end].dropFirst()) + String(argument[end])
      + argumentWithoutFolders(argument[end...].dropFirst())
  }
  // Behind a slash an equals sign is a folder's.
  if let equals = argument.firstIndex(where: { $0 == "=" || $0 == "/" }), argument[equals] == "=" {
    return String(argument[...equals]) + argumentWithoutFolders(argument[equals...].dropFirst())
  }
  return optionWithoutFolder(argument)
}

/// Two marks that hold a word, and not the apostrophes of a name.
private func quoted(_ argument: Scalars) -> (start: Scalars.Index, end: Scalars.Index)? {
  let start = argument.indices.first { index in
    "\"'".unicodeScalars.contains(argument[index]) && (argument[..<index].last.map(isDelimiter) ?? true)
  }
  guard let start else { return nil }
  return endOfQuote(argument[start], in: argument[start...].dropFirst()).map { (start, $0) }
}

/// A folder behind an option's letter leaves the letter.
private func optionWithoutFolder(_ argument: Scalars) -> String {
  let isOption = argument.first == "-" && argument.dropFirst().first?.properties.isAlphabetic == true
  return isOption && argument.last == "/" ? String(argument.prefix(2)) : withoutFolder(argument)
}

/// One absolute path, or several with a separator between them, which belongs to a path wherever no slash follows it.
private func listWithoutFolders(_ list: Scalars) -> String {
  let separator = list.indices.first { index in
    ":=,;".unicodeScalars.contains(list[index]) && list[index...].dropFirst().first == "/"
  }
  guard let separator else { return withoutFolder(list) }
  return withoutFolder(list[..<separator]) + String(list[separator])
    + listWithoutFolders(list[separator...].dropFirst())
}
