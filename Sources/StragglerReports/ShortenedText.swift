// Names from outside in reports whose readers have no room for all of them.

/// The text with its middle left out, if it is longer than that many Unicode scalars: the beginning and the end of a name tell
/// most. The JSON report has all of it.
func shortened(_ text: String, to limit: Int = 400) -> String {
  // UTF-8 bytes are never fewer than scalars: the common case costs nothing.
  guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
  let scalars = text.unicodeScalars
  let half = limit / 2
  return String(scalars.prefix(half)) + " … " + String(scalars.suffix(half))
}
