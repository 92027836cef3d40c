// What a leftover is called in a test's failure.

internal import CStragglerRecorder
internal import Straggler

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

  /// Lines are the report's at the process's end; here there is an address in the file, as addr2line takes it.
  private var place: String {
    guard let acquired = finding.acquired.first, let path = acquired.module else { return "" }
    let address = straggler_address_in_file(acquired.address)
    guard address != 0 else { return "" }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return "; acquired in \(name) at 0x\(String(address, radix: 16))"
  }
}
