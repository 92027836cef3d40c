// Splits a line into words as the shell does: the quoting that RUN and FINDING are written in.

/// Why a line is no list of words.
enum ShellWordsError: Error, Equatable {
  case openQuote(Character)
  case danglingBackslash
}

/// The words of a line: separated by blanks, with `'...'`, `"..."` and backslash as in a POSIX shell. Nothing is expanded.
func shellWords(of line: String) throws(ShellWordsError) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var characters = line.makeIterator()
  while let character = characters.next() {
    switch (character, quote) {
    case ("\\", nil), ("\\", "\""):
      guard let next = characters.next() else { throw .danglingBackslash }
      // Between double quotes a backslash is one unless it stands before a quote or another backslash.
      let literal = quote == "\"" && next != "\"" && next != "\\" ? "\\\(next)" : "\(next)"
      word = (word ?? "") + literal
    case (let character, let open?) where character == open:
      quote = nil
    case ("'", nil), ("\"", nil):
      quote = character
      word = word ?? ""
    case (let character, nil) where character.isWhitespace:
      if let finished = word { words.append(finished) }
      word = nil
    default:
      word = (word ?? "") + String(character)
    }
  }
  if let quote { throw .openQuote(quote) }
  if let word { words.append(word) }
  return words
}

/// A word as the shell reads it back unchanged; quoted only where that is needed, so that it may also stand between
/// somebody else's quotes.
public func shellQuoted(_ word: String) -> String {
  let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_@%+=:,./-".contains($0)) }
  if plain && !word.isEmpty { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
