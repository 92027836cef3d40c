// What is said of a program that no recorder attached to.

internal import Foundation
internal import Testing

@testable internal import StragglerProcesses

@Suite struct UnseenCauseTests {
  private func words(user: UInt32?, library: String = "/bin/sh", socket: String = "/bin/sh") -> String {
    UnseenCause(user: user, runner: 1000, library: library, socket: socket).words
  }

  private func closedFolder() throws -> String {
    let folder = TestPrograms.freshPath("closed")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return folder
  }

  @Test(arguments: [nil, 1000]) func theSameUsersProgramLacksItsEnvironment(user: UInt32?) throws {
    let inside = try closedFolder() + "/file"
    #expect(words(user: user, library: inside, socket: inside).hasPrefix("keep LD_PRELOAD and STRAGGLER_SOCKET"))
  }

  @Test func rootsProgramIsASetUserIDOne() {
    #expect(words(user: 0).hasPrefix("it ran as user 0 by a set-user-ID program"))
  }

  @Test func aClosedFolderIsNamed() throws {
    let folder = try closedFolder()
    #expect(
      words(user: 4711, library: "\(folder)/library.so")
        == "it ran as user 4711, to whom \(folder) is closed: install Straggler where every user can read it")
    #expect(words(user: 4711, socket: "\(folder)/socket").contains("\(folder) is closed: let TMPDIR name a folder"))
  }

  @Test func theOwnersFolderIsOpenToIt() throws {
    let file = try closedFolder() + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    #expect(words(user: getuid() == 0 ? 4711 : getuid(), library: "/bin/sh", socket: "/bin/sh").hasPrefix("keep "))
  }
}
