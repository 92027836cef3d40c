// Suppressions without folders.

/// A suppression's line without folders, in its patterns and in its reason: a line again that can be read. Of one that can't be
/// read now, only what follows the last slash.
func suppressionWithoutFolders(_ text: String) -> String {
  let leak = "leak:"
  if text.utf8.starts(with: leak.utf8) {
    let pattern = String(text.unicodeScalars.dropFirst(leak.count))
    // Without a slash it is a function, most often.
    return leak + (pattern.utf8.contains(UInt8(ascii: "/")) ? patternWithoutFolders(pattern) : pattern)
  }
  guard let line = try? SuppressionLine(text) else { return withoutFolder(text) }
  let values = line.values.map { value in value.key.rawValue + "=" + quoted(withoutFolders(value.text, of: value.key)) }
  return ([line.rule] + values).joined(separator: " ")
}

/// A mistake that was found in a text of suppressions. It may quote what stands there.
func mistakeWithoutFolders(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard let start = scalars.firstIndex(of: "\""), let end = scalars.lastIndex(of: "\""), start < end else {
    return withoutFolders(text)
  }
  return String(scalars[...start]) + withoutFolder(String(scalars[start..<end].dropFirst())) + String(scalars[end...])
}

private func withoutFolders(_ value: String, of key: SuppressionLine.Key) -> String {
  switch key {
  case .resource where !value.utf8.contains(UInt8(ascii: "/")): return value  // a name
  case .resource, .module, .file: return patternWithoutFolders(value)
  case .thread where isPathPattern(value), .function where isPathPattern(value): return patternWithoutFolders(value)
  case .thread, .function, .until, .reason:
    let text = withoutFolders(value)
    return text.allSatisfy(\.isWhitespace) ? someFolder : text
  }
}

/// Whether a path may begin behind a wildcard, as in `*/src/x.cc*`: compilers name a lambda by the place of its source.
private func isPathPattern(_ value: String) -> Bool {
  value.utf8.contains(UInt8(ascii: "/")) && value.unicodeScalars.contains { $0 == "*" || $0 == "?" }
}

/// A pattern's wildcards match slashes, too: what stands before the last one may be a folder's name.
private func patternWithoutFolders(_ pattern: String) -> String {
  let name = withoutFolder(pattern)
  guard let wildcard = name.unicodeScalars.lastIndex(where: { $0 == "*" || $0 == "?" }) else {
    return name.isEmpty ? someFolder : name
  }
  let end = name.unicodeScalars[wildcard...]
  if end.count > 1 { return String(end) }
  return name.unicodeScalars.count == 1 && !pattern.utf8.contains(UInt8(ascii: "/")) ? name : someFolder
}

/// Stands for what was nothing but folders. An asterisk alone could make it a line that suppresses everything, which is refused.
private let someFolder = "*/*"

/// As it has to be written: in marks where it has blanks or marks itself. Within marks a backslash may take a mark's meaning.
private func quoted(_ value: String) -> String {
  if !value.unicodeScalars.contains(where: { $0.properties.isWhitespace || "\"'".unicodeScalars.contains($0) }) {
    return value
  }
  let scalars = value.unicodeScalars
  if !scalars.contains("\""), scalars.last != "\\" { return "\"\(value)\"" }
  if !scalars.contains("'") { return "'\(value)'" }
  return scalars.map { scalar in
    if scalar == "\"" { return "'\"'" }
    return scalar.properties.isWhitespace || scalar == "'" ? "\"\(scalar)\"" : String(scalar)
  }.joined()
}
