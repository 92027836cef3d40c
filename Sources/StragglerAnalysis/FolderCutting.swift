// Texts in which paths are cut down to their last component.

/// Free text without the folders of its paths: those that begin with `/`, `~/`, `./` or `../`. A path behind a quote or a bracket
/// ends with it, one that begins the text with a colon and a blank; a blank alone ends none, a folder's name may have some. An
/// address on the network stays, and so does anything else with a slash: a lock may be called `pool/1`.
func withoutFolders(_ text: String) -> String {
  var result = ""
  var rest = text[...]
  while let slash = rest.firstIndex(of: "/") {
    let start = rest[..<slash].lastIndex { !"~.".contains($0) }.map(rest.index(after:)) ?? rest.startIndex
    let before = start > text.startIndex ? text[text.index(before: start)] : nil
    let beginsPath = ["", "~", ".", ".."].contains(rest[start..<slash]) && (before.map(isDelimiter) ?? true)
    if let end = endOfAddress(in: text, at: slash) {
      result += rest[..<end]
      rest = rest[end...]
    } else if beginsPath {
      let end = end(ofPath: rest[start...], after: before)
      result += rest[..<start] + lastComponent(String(rest[start..<end]))
      rest = rest[end...]
    } else {
      result += rest[...slash]
      rest = rest[slash...].dropFirst()
    }
  }
  return result + rest
}

/// Where an address like `https://host/page` ends, whose first slash this is; nil where there is none.
private func endOfAddress(in text: String, at slash: String.Index) -> String.Index? {
  guard text[slash...].hasPrefix("//"), text[..<slash].hasSuffix(":") else { return nil }
  let scheme = text[..<slash].dropLast().reversed().prefix { $0.isLetter || $0.isNumber || "+-.".contains($0) }
  guard !scheme.isEmpty, String(scheme.reversed()).lowercased() != "file" else { return nil }
  return text[slash...].firstIndex { $0.isWhitespace || "\"'<>()[]".contains($0) } ?? text.endIndex
}

private func end(ofPath rest: Substring, after before: Character?) -> Substring.Index {
  switch before {
  case "\"", "'": rest.firstIndex { $0 == before } ?? rest.endIndex
  case "(": rest.indices.first { rest[$0...].hasPrefix(")") && !rest[$0...].hasPrefix(")/") } ?? rest.endIndex
  case nil: rest.firstRange(of: ": ")?.lowerBound ?? rest.endIndex
  default: rest.firstIndex { isDelimiter($0) && $0 != " " } ?? rest.endIndex
  }
}

private func isDelimiter(_ character: Character) -> Bool {
  character.isWhitespace || "\"'(),;:=<>[]".contains(character)
}

/// A program's argument without folders. Nobody knows what it means: whatever has a slash may be a path, a relative one, or one
/// behind an option's letter. Rather too much is cut than a folder's name left over.
func argumentWithoutFolders(_ argument: String) -> String {
  if argument.hasPrefix("/") { return listWithoutFolders(argument[...]) }
  if let equals = argument.firstIndex(of: "=") {
    let value = String(argument[equals...].dropFirst())
    return argumentWithoutFolders(String(argument[..<equals])) + "=" + argumentWithoutFolders(value)
  }
  if let quote = argument.firstIndex(where: { "\"'".contains($0) }) {
    let rest = argument[quote...].dropFirst()
    let end = rest.firstIndex(of: argument[quote]) ?? rest.endIndex
    return argumentWithoutFolders(String(argument[..<quote])) + String(argument[quote])
      + argumentWithoutFolders(String(rest[..<end])) + rest[end...].prefix(1)
      + argumentWithoutFolders(String(rest[end...].dropFirst()))
  }
  return argument.contains("/") ? lastComponent(argument) : argument
}

/// One absolute path, or several with a separator between them, which belongs to a path wherever no slash follows it.
private func listWithoutFolders(_ list: Substring) -> String {
  let separator = list.indices.first { ":=,;".contains(list[$0]) && list[$0...].dropFirst().hasPrefix("/") }
  guard let separator else { return lastComponent(String(list)) }
  return lastComponent(String(list[..<separator])) + String(list[separator])
    + listWithoutFolders(list[separator...].dropFirst())
}

/// A suppression's line without folders, in its patterns and in its reason.
func suppressionWithoutFolders(_ text: String) -> String {
  if text.hasPrefix("leak:") { return "leak:" + lastComponent(String(text.dropFirst("leak:".count))) }
  return withoutFolders(
    text.replacing(#/\b(file|module|resource)=("[^"]*"|\S+)/#) { match in
      let value = match.2
      return "\(match.1)=" + (value.hasPrefix("\"") ? "\"" : "") + lastComponent(String(value))
    })
}
