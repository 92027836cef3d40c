// What a leftover is called in a test's failure.

internal import CStragglerRecorder
internal import Straggler
internal import Synchronization

extension Leftover {
  /// - Parameter grace: how long was waited for it to go away.
  func message(after grace: Duration) -> String {
    "\(subject) \(grace) after its end: \(what) [\(finding.rule)]\(place)"
  }

  private var subject: String {
    switch author {
    case .test: "left behind by this test"
    case .threadOfTest: "left behind by this test, in a thread that one of its threads made,"
    case .oneOf(let names):
      "left behind by one of \(names.map { "\"\($0)\"" }.joined(separator: ", ")), or by something that is not checked,"
    }
  }

  /// The finding's message is about the first of its threads. The others differ in nothing but their names.
  private var what: String {
    guard let first = finding.thread, first != thread else { return finding.message }
    if let name = first.name, let own = thread.name, let place = finding.message.firstRange(of: "\"\(name)\"") {
      return finding.message[..<place.lowerBound] + "\"\(own)\"" + finding.message[place.upperBound...]
    }
    return "\(thread.name.map { "thread \"\($0)\"" } ?? "thread \(thread.number)"): as \(finding.message)"
  }

  /// The line, where `straggler` is there to read symbols; else an address in the file, as addr2line takes it.
  private var place: String {
    guard let acquired = finding.acquired.first else { return "" }
    if let known = sourcePlace(acquired.address) {
      return (known.lock.isEmpty ? "; " : "; it is \"\(known.lock)\", ") + "acquired at \(known.line)"
    }
    guard let path = acquired.module else { return "" }
    let address = straggler_address_in_file(acquired.address)
    guard address != 0 else { return "" }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return "; acquired in \(name) at 0x\(String(address, radix: 16))"
  }

  private func sourcePlace(_ address: UInt64) -> SourcePlace? {
    knownPlaces.withLock { known in
      if let place = known[address] { return place }
      guard let place = SourcePlace(of: UInt32(thread.number), at: address) else { return nil }
      // Another lock may be taken at the same line: what is remembered for all has no name.
      if place.lock.isEmpty { known[address] = place }
      return place
    }
  }
}

/// By return address: to ask takes a process that reads the program's symbols. One question at a time.
private let knownPlaces = Synchronization.Mutex<[UInt64: SourcePlace]>([:])

/// Where something was acquired, as `straggler` says it.
private struct SourcePlace {
  /// The name of a lock that is a static object; else empty.
  var lock: String
  /// `Journal.swift:17:10 in Journal.write()`
  var line: String

  /// nil where it can't be told, as where the thread has given back what it acquired there.
  init?(of thread: UInt32, at address: UInt64) {
    let answer = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
      let length = straggler_place_of(thread, address, buffer.baseAddress, UInt32(buffer.count))
      return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    let lines = answer.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 3 else { return nil }
    (lock, line) = (lines[0], lines[1])
  }
}
