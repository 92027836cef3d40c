// What is looked at before a program is started, and what is refused.

internal import Foundation
internal import Testing

@testable internal import StragglerProcesses

@Suite struct ObservableProgramTests {
  private func refusal(_ name: String, searchPath: String? = "/usr/bin:/bin") -> ObservationError? {
    do throws(ObservationError) {
      _ = try ObservableProgram(name: name, arguments: [], searchPath: searchPath)
      return nil
    } catch {
      return error
    }
  }

  private func expectRefusal(_ name: String, _ words: String, status: ObservationError.Status = .unobservable) {
    let error = refusal(name)
    #expect(error?.status == status)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "not refused")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func aDynamicallyLinkedProgramIsNotRefused() throws {
    let program = try ObservableProgram(name: "ls", arguments: ["-l"], searchPath: "/nowhere:/usr/bin:/bin")
    #expect(["/usr/bin/ls", "/bin/ls"].contains(program.path))
    #expect(program.arguments == ["ls", "-l"])
  }

  @Test func aScriptWithAnInterpreterIsNotRefused() throws {
    let script = try TestPrograms.file("script", "#! /bin/sh -e\nexit 0\n")
    #expect(refusal(script) == nil)
    #expect(refusal(try TestPrograms.file("of-script", "#!\(script)\n")) == nil)
    #expect(refusal(try TestPrograms.file("of-env", "#!/usr/bin/env sh\n")) == nil)
  }

  @Test func aMissingProgramIsNotFound() {
    expectRefusal("no-such-program-anywhere", "was not found in PATH", status: .notFound)
    expectRefusal("/no/such/program", "there is no such file", status: .notFound)
    expectRefusal("", "empty", status: .notFound)
  }

  @Test func aFolderIsRefused() { expectRefusal("/usr", "is a folder") }

  @Test func aDeviceIsRefused() { expectRefusal("/dev/null", "is not a regular file") }

  @Test func whatCannotBeReachedIsRefused() {
    expectRefusal("/" + String(repeating: "long", count: 100), "can't be reached: File name too long")
  }

  @Test(arguments: [0o644, 0o000]) func aFileWithoutExecutionRightIsRefused(mode: Int) throws {
    expectRefusal(try TestPrograms.file("plain", "#!/bin/sh\n", mode: mode), "can't be executed: chmod +x ")
  }

  @Test func aTextWithoutInterpreterIsRefused() throws {
    expectRefusal(try TestPrograms.file("text", "echo hello\n"), "neither an ELF program nor a script")
    expectRefusal(try TestPrograms.file("empty", ""), "neither an ELF program nor a script")
  }

  @Test func aScriptWhoseInterpreterIsMissingIsRefused() throws {
    expectRefusal(try TestPrograms.file("lost", "#!/no/such/interpreter\n"), "/no/such/interpreter, which is not there")
  }

  @Test func aScriptWithTheLineEndsOfAnotherSystemIsRefused() throws {
    expectRefusal(
      try TestPrograms.file("foreign-lines", "#!/bin/sh\r\nexit 0\r\n"), "has a carriage return behind its #! line")
  }

  @Test func aScriptThatIsItsOwnInterpreterIsRefused() throws {
    let path = TestPrograms.freshPath("endless")
    try "#!\(path)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    expectRefusal(path, "without end")
  }

  @Test(arguments: ["-static", "-static-pie"])
  func aStaticallyLinkedProgramIsRefused(option: String) throws {
    let source = try TestPrograms.file("static.c", "int main(void) { return 0; }\n")
    let program = TestPrograms.freshPath("static")
    TestPrograms.compile(source, [option], to: program)
    expectRefusal(program, "is statically linked")
    expectRefusal(try TestPrograms.file("of-static", "#!\(program)\n"), "is statically linked")
  }

  @Test func aProgramForMuslIsRefused() throws {
    let source = try TestPrograms.file("other.c", "int main(void) { return 0; }\n")
    let program = TestPrograms.freshPath("of-musl")
    TestPrograms.compile(source, ["-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1"], to: program)
    expectRefusal(program, "is built for musl (/lib/ld-musl-x86_64.so.1)")
  }

  @Test func aProgramForAnotherMachineIsRefused() throws {
    let path = TestPrograms.freshPath("foreign")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: "/bin/ls"))
    bytes[18] = 183
    try bytes.write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    expectRefusal(path, "is not for this machine")
  }

  @Test func aTruncatedELFFileIsRefused() throws {
    let path = TestPrograms.freshPath("short")
    try Data([0x7f, 0x45, 0x4c, 0x46] + [UInt8](repeating: 0, count: 20)).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    expectRefusal(path, "is not for this machine")
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file away"))
  func aProgramThatGainsRightsIsRefused() throws {
    let path = TestPrograms.freshPath("setuid")
    try FileManager.default.copyItem(atPath: "/bin/ls", toPath: path)
    #expect(chown(path, 65534, 65534) == 0)
    #expect(chmod(path, 0o4755) == 0)
    expectRefusal(path, "is set-user-ID")
    #expect(chmod(path, 0o2755) == 0)
    expectRefusal(path, "is set-group-ID")
    #expect(chmod(path, 0o755) == 0)
    #expect(refusal(path) == nil)
  }

  /// The file comes from whoever wrote it: no damage to it may trap.
  @Test func noDamagedHeaderTraps() throws {
    let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/bin/ls")).prefix(8192))
    var state: UInt64 = 42
    var read = 0
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int((state >> 33) % 1024)] = UInt8(truncatingIfNeeded: state >> 17)
      }
      let identity = ELFIdentity { offset, count in
        guard offset <= bytes.count, count <= bytes.count - Int(offset) else { return nil }
        return Array(bytes[Int(offset)..<Int(offset) + count])
      }
      if identity?.runsHere == true { read += 1 }
    }
    #expect(read > 1000)
  }
}
