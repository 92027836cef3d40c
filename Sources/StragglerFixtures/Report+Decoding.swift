// How the report's JSON is laid out: the schema's keys, each demanded by name; null where it may be null.

/// The whole file.
struct WrittenReport: Decodable {
  var body: WrittenProcess

  private enum CodingKeys: String, CodingKey { case schemaVersion }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .schemaVersion)
    guard version == 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .schemaVersion, in: container, debugDescription: "expected schema version 1, found \(version)")
    }
    body = try WrittenProcess(from: decoder)
  }
}

/// A process and its children: the keys that the file and each child share.
struct WrittenProcess: Decodable {
  var process: Report.Process?
  var findings: [WrittenFinding]
  var children: [WrittenProcess]
  var unseen: [String]

  private enum CodingKeys: String, CodingKey { case process, findings, suppressed, threads, coverage, lost, children }
  private struct Anything: Decodable {}
  private struct Coverage: Decodable { var unseen: [String] }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    process = try container.decodeNullable(Report.Process.self, forKey: .process)
    findings = try container.decode([WrittenFinding].self, forKey: .findings)
    children = try container.decode([WrittenProcess].self, forKey: .children)
    _ = try container.decode([Anything].self, forKey: .suppressed)
    _ = try container.decode([Anything].self, forKey: .threads)
    unseen = try container.decode(Coverage.self, forKey: .coverage).unseen
    _ = try container.decode(Int.self, forKey: .lost)
  }

  /// Its own, then its children's.
  var allFindings: [Report.Finding] {
    findings.map { $0.finding(in: process?.executable ?? "") } + children.flatMap(\.allFindings)
  }

  /// Its own, then its children's.
  var allUnseen: [String] { unseen + children.flatMap(\.allUnseen) }
}

/// One finding. Its `similar` ones differ in the thread only, and are listed by it.
struct WrittenFinding: Decodable {
  struct Thread: Decodable {
    var name: String?
    private enum CodingKeys: String, CodingKey { case name }
    init(from decoder: any Decoder) throws {
      name = try decoder.container(keyedBy: CodingKeys.self).decodeNullable(String.self, forKey: .name)
    }
  }
  struct Stack: Decodable {
    var complete: Bool
    var frames: [Report.Frame]
  }

  var rule: String
  var level: Report.Level
  var message: String
  var thread: Thread?
  var resource: Report.Resource?
  var waitingFor: Report.Wait?
  var acquired, created, stopped: Stack?
  var similar: [Thread]

  private enum CodingKeys: String, CodingKey {
    case rule, level, fingerprint, message, thread, resource, acquired, created, stopped, waitingFor, waiters, similar
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rule = try container.decode(String.self, forKey: .rule)
    level = try container.decode(Report.Level.self, forKey: .level)
    _ = try container.decode(String.self, forKey: .fingerprint)
    message = try container.decode(String.self, forKey: .message)
    thread = try container.decodeNullable(Thread.self, forKey: .thread)
    resource = try container.decodeNullable(Report.Resource.self, forKey: .resource)
    waitingFor = try container.decodeNullable(Report.Wait.self, forKey: .waitingFor)
    acquired = try container.decodeNullable(Stack.self, forKey: .acquired)
    created = try container.decodeNullable(Stack.self, forKey: .created)
    stopped = try container.decodeNullable(Stack.self, forKey: .stopped)
    similar = try container.decode([Thread].self, forKey: .similar)
  }

  func finding(in executable: String) -> Report.Finding {
    let stacks = [acquired, stopped, created].compactMap { $0?.frames }
    return Report.Finding(
      rule: rule, level: level, message: message,
      threads: ([thread] + similar).compactMap { $0?.name },
      resource: resource, waitingFor: waitingFor, frames: stacks.first { !$0.isEmpty } ?? [], executable: executable)
  }
}

extension Report.Resource: Decodable {
  private enum CodingKeys: String, CodingKey { case kind, mode, name, path, address }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(Kind.self, forKey: .kind)
    mode = try container.decodeNullable(Mode.self, forKey: .mode)
    name = try container.decodeNullable(String.self, forKey: .name)
    path = try container.decodeIfPresent(String.self, forKey: .path)
  }
}

extension Report.Wait: Decodable {
  private enum CodingKeys: String, CodingKey { case kind, holders, outsideHolder }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(Kind.self, forKey: .kind)
    holders = try container.decode([WrittenFinding.Thread].self, forKey: .holders).compactMap(\.name)
    if try container.decodeIfPresent(Int.self, forKey: .outsideHolder) != nil { holders.append("another process") }
  }
}

extension Report.Frame: Decodable {
  private enum CodingKeys: String, CodingKey { case function, line }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    function = try container.decodeNullable(String.self, forKey: .function)
    line = try container.decodeNullable(Int.self, forKey: .line)
  }
}

extension KeyedDecodingContainer {
  /// A value that may be null, under a key that must be there: absent knowledge is null, never left out.
  fileprivate func decodeNullable<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    guard contains(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "missing"))
    }
    return try decodeNil(forKey: key) ? nil : decode(type, forKey: key)
  }
}
