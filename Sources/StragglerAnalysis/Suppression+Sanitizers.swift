// Lines that sanitizers have.

extension Suppression.Pattern {
  /// `leak:PATTERN`, as LeakSanitizer has it: whatever a thread that passed there left behind. An exit that does not end is
  /// no leak, and never meant.
  ///
  /// - Parameter text: the line without the blanks around it.
  /// - Returns: nil for a line of ours.
  init?(sanitizerLine text: Substring, of line: String) throws(LineError) {
    func column(_ index: Substring.Index) -> Int { line.distance(from: line.startIndex, to: index) + 1 }
    guard text.utf8.starts(with: "leak:".utf8) else {
      if let other = text.prefixMatch(of: #/[a-z][a-z_-]*:/#)?.output {
        throw LineError(
          column: column(text.startIndex),
          problem: "\"\(other)\" is another sanitizer's: expected a rule, *, or LeakSanitizer's leak:PATTERN")
      }
      return nil
    }
    let pattern = Substring(text.utf8.dropFirst("leak:".utf8.count)).drop(while: \.isWhitespace)
    guard !pattern.isEmpty else {
      throw LineError(
        column: column(text.endIndex), problem: "expected a function, a module or a file behind \"leak:\"")
    }
    guard !pattern.unicodeScalars.allSatisfy({ "*^$".unicodeScalars.contains($0) }) else {
      throw LineError(
        column: column(text.startIndex), problem: "it would suppress everything: name a part of a function")
    }
    if let key = pattern.firstMatch(of: #/\s((thread|resource|function|module|file|until|reason)=)/#)?.output.1 {
      throw LineError(
        column: column(key.startIndex),
        problem: "LeakSanitizer's lines have no reason, nor anything else behind the pattern, found \"\(key)\"")
    }
    let rules = Set(RuleID.allCases).subtracting([.stalledExit, .deadlockedExit])
    self.init(rules: rules, frame: Suppression.FramePattern(anywhere: Glob(sanitizerPattern: pattern)))
  }
}
