// Places and stacks in SARIF.

internal import StragglerAnalysis
internal import StragglerModel

extension SarifReport {
  /// The name under which SARIF's readers look for the project's folder.
  static let base = "%SRCROOT%"

  /// The place of a frame; with the whole stack's module where it has no source.
  func location(_ frame: Frame, _ text: String? = nil, id: Int? = nil) -> JSONValue {
    let function = frame.function.map { name in
      JSONValue.array([
        .present(
          ("fullyQualifiedName", .string(name)), ("decoratedName", frame.mangledFunction.map(JSONValue.string)),
          ("kind", .string("function")))
      ])
    }
    return .present(
      ("id", id.map(JSONValue.integer)), ("physicalLocation", physical(frame)), ("logicalLocations", function),
      ("message", message(text, frame).map(Self.message)))
  }

  /// The place stands in the text where it may stand nowhere else.
  private func message(_ text: String?, _ frame: Frame) -> String? {
    guard pathsAreLeftOut, let file = frame.file else { return text }
    let place = [visible(file), frame.line.map(String.init), frame.column.map(String.init)].compactMap(\.self)
    return [text, place.joined(separator: ":")].compactMap(\.self).joined(separator: ", ")
  }

  private func physical(_ frame: Frame) -> JSONValue? {
    if let file = frame.file, let artifact = artifact(file) {
      return .present(("artifactLocation", artifact), ("region", region(frame, file)))
    }
    // Addresses of a whole 64-bit machine would not fit; user space's do.
    let address = Int(exactly: frame.address).map { JSONValue.members(("absoluteAddress", .integer($0))) }
    return .present(("address", address), ("artifactLocation", frame.module.flatMap(artifact)))
  }

  private func region(_ frame: Frame, _ file: String) -> JSONValue? {
    guard let line = frame.line, line >= 1 else { return nil }
    let column = frame.column.flatMap { $0 >= 1 ? characters(before: $0, line, file) + 1 : nil }
    return .present(("startLine", .integer(line)), ("startColumn", column.map(JSONValue.integer)))
  }

  /// SARIF counts UTF-16 code units where compilers count bytes. Without the source the two are taken for the same.
  private func characters(before column: Int, _ line: Int, _ file: String) -> Int {
    guard let lines = source(file), line <= lines.count, column <= lines[line - 1].utf8.count else { return column - 1 }
    return String(decoding: lines[line - 1].utf8.prefix(column - 1), as: UTF8.self).utf16.count
  }

  /// - Returns: nil for an empty path, and where paths are left out.
  func artifact(_ path: String) -> JSONValue? {
    if path.isEmpty || pathsAreLeftOut { return nil }
    if let relative = relativePath(path, to: folder) {
      return .members(("uri", .string(Self.percentEncoded(relative))), ("uriBaseId", .string(Self.base)))
    }
    if isAbsolute(path) { return .members(("uri", .string("file://" + Self.percentEncoded(path)))) }
    return .members(("uri", .string(Self.percentEncoded(straightPath(path[...]) ?? path))))
  }

  /// RFC 3986: unreserved characters and the slash stand for themselves.
  private static func percentEncoded(_ path: String) -> String {
    var result = ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }

  /// - Parameter thread: The kernel's id of the thread that the stack belongs to.
  func stack(_ stack: Stack, _ text: String, thread: Int32?) -> JSONValue {
    let frames = stack.frames.map { frame in
      JSONValue.present(
        ("location", location(frame)), ("module", frame.module.map(JSONValue.string)),
        ("threadId", thread.map { .integer(Int($0)) }),
        ("properties", .members(("inlined", .bool(frame.inlined)), ("inferred", .bool(frame.inferred)))))
    }
    return .members(("message", Self.message(text)), ("frames", .array(frames)))
  }
}
