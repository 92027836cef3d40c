// A program that was looked at before it is started: what can't be observed is refused, not run as if it had been.

internal import CStragglerSystem
internal import Glibc

/// A program that a recorder can be preloaded into.
public struct ObservableProgram: Sendable, Equatable {
  /// What is executed.
  public let path: String
  /// With argument 0, as it was typed.
  public let arguments: [String]

  /// Finds a program and looks at its file, and at its interpreter's where it is a script.
  ///
  /// - Parameters:
  ///   - name: the program as typed: a path, or a name to be looked for in `searchPath`.
  ///   - searchPath: the value of PATH.
  /// - Throws: `ObservationError`: 127 where it is not found, 126 with the reason where it can't be observed.
  public init(name: String, arguments: [String], searchPath: String?) throws(ObservationError) {
    path = try ProgramSearch(searchPath: searchPath).path(of: name)
    self.arguments = [name] + arguments
    try Self.checkImage(path, depth: 0)
  }

  /// Looks at the ELF file that the kernel will load: the file itself, or its interpreter.
  private static func checkImage(_ path: String, depth: Int) throws(ObservationError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let words = ObservationError.words(for: errno)
      throw refusal(path, "can't be read (\(words)), so nobody can say whether it can be observed: chmod +r \(path)")
    }
    let file = OwnedDescriptor(descriptor)
    if let identity = ELFIdentity(descriptor: file.number) {
      try check(identity, path)
      try checkPrivileges(file.number, path)
      return
    }
    guard let interpreter = scriptInterpreter(file.number) else {
      throw refusal(path, "is neither an ELF program nor a script with a #! line: name its interpreter")
    }
    // The kernel follows four interpreters that are scripts themselves, execve(2).
    guard depth < 5 else { throw refusal(path, "is a script whose interpreters are scripts without end") }
    guard interpreter.utf8.last != UInt8(ascii: "\r") else {
      throw refusal(path, "has a carriage return behind its #! line: give it Unix line ends")
    }
    var status = stat()
    guard stat(interpreter, &status) == 0 else {
      throw refusal(path, "names the interpreter \(interpreter), which is not there: correct its #! line")
    }
    try checkImage(interpreter, depth: depth + 1)
  }

  private static func check(_ identity: ELFIdentity, _ path: String) throws(ObservationError) {
    guard identity.runsHere else {
      throw refusal(path, "is not for this machine: 64-bit x86 Linux programs can be observed")
    }
    guard let interpreter = identity.interpreter else {
      throw refusal(
        path, "is statically linked, so no library can be preloaded: link it dynamically, or with Straggler itself")
    }
    guard !interpreter.contains("ld-musl") else {
      throw refusal(path, "is built for musl (\(interpreter)), and the recorder for glibc: build it for glibc")
    }
    guard access(interpreter, X_OK) == 0 else {
      throw refusal(path, "needs the loader \(interpreter), which is not there: install its C library")
    }
  }

  /// The loader ignores a preloaded library where execution gains rights (ld.so(8), "Secure-execution mode").
  private static func checkPrivileges(_ descriptor: Int32, _ path: String) throws(ObservationError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    let remedy = "run it from an account that needs no such rights, or observe a copy without them"
    if status.st_mode & S_ISUID != 0, status.st_uid != getuid() {
      throw refusal(path, "is set-user-ID, and the loader preloads nothing into it: \(remedy)")
    }
    if status.st_mode & S_ISGID != 0, status.st_mode & S_IXGRP != 0, status.st_gid != getgid() {
      throw refusal(path, "is set-group-ID, and the loader preloads nothing into it: \(remedy)")
    }
    if getuid() != 0, straggler_system_has_capabilities(descriptor) != 0 {
      throw refusal(path, "has file capabilities, and the loader preloads nothing into it: \(remedy)")
    }
  }

  /// What stands behind #!, up to the first blank; nil where there is no such line. The kernel reads 256 bytes.
  static func scriptInterpreter(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let length = pread(descriptor, &bytes, bytes.count, 0)
    guard length > 2, bytes[0] == UInt8(ascii: "#"), bytes[1] == UInt8(ascii: "!") else { return nil }
    let line = bytes[2..<length].prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
    let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    let path = line.drop { blanks.contains($0) }.prefix { !blanks.contains($0) }
    return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
  }

  private static func refusal(_ path: String, _ reason: String) -> ObservationError {
    ObservationError(.unobservable, "\(path) \(reason)")
  }
}
