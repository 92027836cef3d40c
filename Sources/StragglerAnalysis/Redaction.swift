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
  /// Whether paths are left out of it, or of a report that it was merged from.
  public var leavesOutPaths: Bool { redacted.contains(.paths) || children.contains(where: \.leavesOutPaths) }

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
    if let arguments = process?.arguments { process?.arguments = arguments.map(argumentWithoutFolders) }
    for index in findings.indices { findings[index].dropFolders() }
    for index in suppressed.indices { suppressed[index].dropFolders() }
    for index in threads.indices { threads[index].thread.identity.dropFolders() }
    unseen = unseen.map { line in
      line.hasPrefix(Suppression.ownSource + ":") ? mistakeWithoutFolders(line) : withoutFolders(line)
    }
    for index in suppressions.indices {
      suppressions[index].place.source = lastComponent(suppressions[index].place.source)
      suppressions[index].text = suppressionWithoutFolders(suppressions[index].text)
      suppressions[index].reason = suppressions[index].reason.map(withoutFolders)
    }
    if let source = baseline?.source { baseline?.source = lastComponent(source) }
    for index in children.indices { children[index].dropFolders() }
  }
}

extension Finding {
  fileprivate mutating func dropFolders() {
    message = message(withoutFolderOf: resource?.file?.path)
    if let name = resource?.name { resource?.name = withoutFolders(name) }
    if let path = resource?.file?.path { resource?.file?.path = lastComponent(path) }
    thread?.identity.dropFolders()
    acquired?.dropFolders()
    created?.dropFolders()
    stopped?.dropFolders()
    waitingFor?.dropFolders()
    waiters.dropFolders()
    similar.dropFolders()
    for index in circle.indices {
      circle[index].thread.dropFolders()
      circle[index].waitingFor.dropFolders()
      circle[index].stopped?.dropFolders()
      circle[index].acquired?.dropFolders()
    }
    if let source = suppression?.source { suppression?.source = lastComponent(source) }
    if let reason = suppression?.reason { suppression?.reason = withoutFolders(reason) }
  }

  /// A file's path, and what it is renamed to, may be relative: then the message alone does not tell it from a name.
  private func message(withoutFolderOf path: String?) -> String {
    guard let path, !path.isEmpty else { return withoutFolders(message) }
    let text = message.replacing("\"\(path)\"", with: "\"\(lastComponent(path))\"")
    // By scalars: a target that begins with a mark which combines makes one `Character` with the quote before it.
    let scalars = text.unicodeScalars
    guard let target = scalars.firstRange(of: "\" to \"".unicodeScalars)?.upperBound else {
      return withoutFolders(text)
    }
    return withoutFolders(String(scalars[..<target])) + lastComponent(String(scalars[target...]))
  }
}

extension ReportedWait {
  fileprivate mutating func dropFolders() {
    name = name.map(withoutFolders)
    holders.dropFolders()
  }
}

extension ThreadName {
  fileprivate mutating func dropFolders() { name = name.map(withoutFolders) }
}

extension [ThreadName] {
  fileprivate mutating func dropFolders() {
    for index in indices { self[index].dropFolders() }
  }
}

extension Stack {
  fileprivate mutating func dropFolders() {
    for index in frames.indices {
      // Compilers name a lambda by the place of its source.
      frames[index].function = frames[index].function.map(withoutFolders)
      frames[index].file = frames[index].file.map(lastComponent)
      frames[index].module = frames[index].module.map(lastComponent)
    }
  }
}
