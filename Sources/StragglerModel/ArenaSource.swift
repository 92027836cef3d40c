// Where the bytes of an arena come from: a descriptor, or memory in tests.

internal import Glibc

/// Gives copies of an arena's bytes.
///
/// Copies, never a map: the writer may truncate the file at any moment, and touching a mapped page beyond the end is a
/// SIGBUS for the reader.
protocol ArenaSource {
  /// The name that errors call it by.
  var name: String { get }

  /// How many bytes there are, holes included.
  func size() throws(ArenaError) -> UInt64

  /// Copies exactly `count` bytes, or throws `truncated`.
  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8]
}

/// An open descriptor, read with pread(2): its file offset stays where it is. The descriptor stays the caller's.
struct DescriptorSource: ArenaSource {
  let descriptor: Int32
  let name: String

  func size() throws(ArenaError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(of: "fstat") }
    return UInt64(max(0, status.st_size))
  }

  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8] {
    guard let start = off_t(exactly: offset), !start.addingReportingOverflow(count).overflow else {
      throw ArenaError(arena: name, reason: .truncated(expected: offset, found: try size()))
    }
    var code: Int32 = 0
    let copy = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, start + filled)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { code = errno }
        guard got > 0 else { return }
        filled += got
      }
    }
    guard code == 0 else { throw failure(of: "pread", code: code) }
    guard copy.count == count else {
      throw ArenaError(
        arena: name,
        reason: .truncated(expected: offset + UInt64(count), found: offset + UInt64(copy.count)))
    }
    return copy
  }

  private func failure(of operation: String, code: Int32 = errno) -> ArenaError {
    ArenaError(
      arena: name,
      reason: .unreadable(operation: operation, code: code, explanation: String(cString: strerror(code))))
  }
}

/// An arena whose bytes somebody else copies.
struct CopiedSource: ArenaSource {
  let name: String
  let length: UInt64
  let copy: (UInt64, UnsafeMutableRawBufferPointer) -> Bool

  func size() -> UInt64 { length }

  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8] {
    var isCopied = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isCopied = copy(offset, UnsafeMutableRawBufferPointer(buffer))
      filled = isCopied ? count : 0
    }
    guard isCopied else {
      throw ArenaError(arena: name, reason: .truncated(expected: offset &+ UInt64(count), found: length))
    }
    return bytes
  }
}
