// What is left out of a report on demand.

import StragglerAnalysis
import StragglerModel
import Testing

@Suite struct RedactionTests {
  private var report: Report {
    var finding = finding()
    finding.resource?.file = ReportedResource.File(
      path: "/home/x/app/out.log", descriptor: 3, unflushedBytes: nil, unsyncedBytes: nil)
    finding.message = "a thread had file \"/home/x/app/out.log\" open"
    var child = run([finding], arguments: ["/home/x/tool", "--key=/home/x/key", "secret"])
    child.unseen = ["/home/x/app/libfoo.so: its calls of lock functions lead past the recorder (and/or not)"]
    return run([finding], children: [child], arguments: ["app", "--password", "secret"])
  }

  private func contains(_ report: Report, _ text: String) -> Bool { String(reflecting: report).contains(text) }

  @Test func nothingIsLeftOutUnlessItIsAskedFor() {
    #expect(report.redacted([]) == report)
    #expect(contains(report, "secret") && contains(report, "/home/x"))
  }

  @Test func argumentsAreLeftOutOfEveryProcess() {
    let redacted = report.redacted([.arguments])
    #expect(!contains(redacted, "secret"))
    #expect(redacted.process?.executable == "/opt/app/bin/app")
    #expect(redacted.redacted == [.arguments])
  }

  @Test func ofPathsOnlyTheLastComponentsStay() {
    let redacted = report.redacted([.paths])
    #expect(!contains(redacted, "home") && !contains(redacted, "/opt"))
    #expect(redacted.findings.first?.message == "a thread had file \"out.log\" open")
    #expect(redacted.findings.first?.acquired?.frames.first?.file == "Cache.swift")
    #expect(redacted.children.first?.process?.arguments == ["tool", "--key=key", "secret"])
    #expect(
      redacted.children.first?.unseen == ["libfoo.so: its calls of lock functions lead past the recorder (and/or not)"])
  }

  @Test func whatIsAcceptedStaysAccepted() {
    #expect(report.redacted([.paths]).findings.map(\.fingerprint) == report.findings.map(\.fingerprint))
  }
}
