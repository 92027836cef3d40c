// Leaves out of a report what may be secret.

internal import StragglerModel

/// What can be left out. The environment is never in a report.
public enum Redaction: String, Sendable, CaseIterable {
  /// The program's arguments.
  case arguments
  /// The folders of programs, libraries, source files and opened files: their last components stay.
  case paths
}

extension Report {
  /// The same report without what is named.
  public func redacted(_ redactions: [Redaction]) -> Report {
    guard !redactions.isEmpty else { return self }
    var report = self
    if redactions.contains(.arguments) { report.dropArguments() }
    if redactions.contains(.paths) { report.dropFolders() }
    report.redacted = Redaction.allCases.filter { redactions.contains($0) || redacted.contains($0) }
    return report
  }

  private mutating func dropArguments() {
    process?.arguments = []
    for index in children.indices { children[index].dropArguments() }
  }

  private mutating func dropFolders() {
    if let executable = process?.executable { process?.executable = lastComponent(executable) }
    if let arguments = process?.arguments {
      process?.arguments = arguments.map { $0.hasPrefix("/") ? lastComponent($0) : withoutFolders($0) }
    }
    for index in findings.indices { findings[index].dropFolders() }
    for index in suppressed.indices { suppressed[index].dropFolders() }
    unseen = unseen.map(withoutFolders)
    for index in suppressions.indices {
      suppressions[index].place.source = lastComponent(suppressions[index].place.source)
      suppressions[index].text = withoutFolders(suppressions[index].text)
    }
    if let source = baseline?.source { baseline?.source = lastComponent(source) }
    for index in children.indices { children[index].dropFolders() }
  }
}

extension Finding {
  fileprivate mutating func dropFolders() {
    message = withoutFolders(message)
    if let name = resource?.name { resource?.name = withoutFolders(name) }
    if let path = resource?.file?.path { resource?.file?.path = lastComponent(path) }
    acquired?.dropFolders()
    created?.dropFolders()
    stopped?.dropFolders()
    waitingFor?.dropFolders()
    for index in circle.indices {
      circle[index].waitingFor.dropFolders()
      circle[index].stopped?.dropFolders()
      circle[index].acquired?.dropFolders()
    }
    if let source = suppression?.source { suppression?.source = lastComponent(source) }
  }
}

extension ReportedWait {
  fileprivate mutating func dropFolders() { name = name.map(withoutFolders) }
}

extension Stack {
  fileprivate mutating func dropFolders() {
    for index in frames.indices {
      frames[index].file = frames[index].file.map(lastComponent)
      frames[index].module = frames[index].module.map(lastComponent)
    }
  }
}

/// Text in which every absolute path, up to a blank, a quote or a bracket, is cut down to its last component.
private func withoutFolders(_ text: String) -> String {
  var result = ""
  var rest = text[...]
  while let start = rest.firstIndex(of: "/") {
    let isPath = start == rest.startIndex || isDelimiter(rest[rest.index(before: start)])
    let end = rest[start...].firstIndex(where: isDelimiter) ?? rest.endIndex
    result += rest[..<start]
    result += isPath ? lastComponent(String(rest[start..<end])) : String(rest[start..<end])
    rest = rest[end...]
  }
  return result + rest
}

private func isDelimiter(_ character: Character) -> Bool {
  character.isWhitespace || "\"'(),;:=<>[]".contains(character)
}
