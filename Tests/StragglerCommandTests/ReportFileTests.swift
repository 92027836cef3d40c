// A report's file: probed without traces, written as a whole.

internal import Foundation
internal import Testing

@testable internal import straggler

@Suite struct ReportFileTests {
  private func folder() throws -> String {
    let folder = TestPrograms.freshPath("reports")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func lookingAtAFileLeavesNoTrace() throws {
    let folder = try folder()
    _ = try ReportFile("\(folder)/new")
    #expect(try names(folder).isEmpty)
    try "old".write(toFile: "\(folder)/old", atomically: true, encoding: .utf8)
    _ = try ReportFile("\(folder)/old")
    #expect(try String(contentsOfFile: "\(folder)/old", encoding: .utf8) == "old")
    #expect(try names(folder) == ["old"])
  }

  @Test func aFileIsReplacedAndKeepsItsMode() throws {
    let folder = try folder()
    let path = "\(folder)/report"
    try "old".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(chmod(path, 0o600) == 0)
    try ReportFile(path).write("new")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(try names(folder) == ["report"])
  }

  @Test func aLinkStaysALink() throws {
    let folder = try folder()
    try "old".write(toFile: "\(folder)/target", atomically: true, encoding: .utf8)
    #expect(symlink("target", "\(folder)/link") == 0)
    try ReportFile("\(folder)/link").write("new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link") == "target")
    #expect(try String(contentsOfFile: "\(folder)/target", encoding: .utf8) == "new")
  }

  @Test func aFileThatIsNotThereYetIsKnownByItsFolder() throws {
    let folder = try folder()
    #expect(symlink(".", "\(folder)/round") == 0)
    #expect(symlink("new", "\(folder)/link") == 0)
    let path = try ReportFile("\(folder)/new").path
    for way in ["./new", "round/new", "round/./round/new", "link"] {
      #expect(try ReportFile("\(folder)/\(way)").path == path, "\(way)")
    }
  }

  @Test func aDeviceIsWrittenTo() throws {
    try ReportFile("/dev/null").write("text")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func aFullDeviceIsAFailureThatNamesTheFile() throws {
    let file = try ReportFile("/dev/full")
    #expect(throws: CommandFailure("/dev/full can't be written: No space left on device")) { try file.write("text") }
  }
}
