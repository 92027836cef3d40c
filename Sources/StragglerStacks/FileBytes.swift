// The bytes of a file, read piece by piece and kept.

internal import Glibc

/// A file that stays open and is read as it is needed, in pieces that are kept. What was read once stays as it was, so
/// that what has been checked is what is used. Never mapped: a file that is cut short while it is mapped ends its
/// reader.
final class FileBytes {
  /// Bytes in a piece.
  private static let pieceSize = 1 << 15

  /// nil where all bytes were given.
  private let descriptor: Int32?
  private let size: UInt64
  private var pieces: [UInt64: [UInt8]] = [:]
  private var lastIndex = UInt64.max
  private var lastPiece: [UInt8] = []

  /// nil where the path names no regular file that can be read.
  init?(path: String) {
    // Without O_NONBLOCK the opening of a path that has become a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.size = UInt64(status.st_size)
  }

  /// Bytes that are no file's.
  init(_ bytes: [UInt8]) {
    descriptor = nil
    size = UInt64(bytes.count)
    for start in stride(from: 0, to: bytes.count, by: Self.pieceSize) {
      pieces[UInt64(start / Self.pieceSize)] = Array(bytes[start..<min(start + Self.pieceSize, bytes.count)])
    }
  }

  deinit {
    if let descriptor { close(descriptor) }
  }

  /// The little-endian integer at `offset`; nil where the file has no such bytes.
  func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: UInt64) -> T? {
    let width = UInt64(MemoryLayout<T>.size)
    guard offset < size, size - offset >= width else { return nil }
    let place = Int(offset % UInt64(Self.pieceSize))
    if place + Int(width) <= Self.pieceSize {
      let piece = piece(offset / UInt64(Self.pieceSize))
      guard piece.count >= place + Int(width) else { return nil }
      return piece.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
    }
    var value: T = 0
    for index in 0..<width {
      guard let byte = integer(UInt8.self, at: offset + index) else { return nil }
      value |= T(truncatingIfNeeded: byte) << T(index * 8)
    }
    return value
  }

  /// The bytes at `offset`; nil where the file has not as many.
  func bytes(at offset: UInt64, count: Int) -> [UInt8]? {
    guard count >= 0, offset <= size, size - offset >= UInt64(count) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for index in 0..<UInt64(count) {
      guard let byte = integer(UInt8.self, at: offset + index) else { return nil }
      result.append(byte)
    }
    return result
  }

  /// The piece of that number; shorter than others, or empty, where the file ends or can't be read.
  private func piece(_ index: UInt64) -> [UInt8] {
    if index == lastIndex { return lastPiece }
    let piece = pieces[index] ?? read(index)
    pieces[index] = piece
    lastIndex = index
    lastPiece = piece
    return piece
  }

  private func read(_ index: UInt64) -> [UInt8] {
    guard let descriptor else { return [] }
    let start = index * UInt64(Self.pieceSize)
    return [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      count = 0
      while count < Self.pieceSize {
        let got = pread(descriptor, buffer.baseAddress! + count, Self.pieceSize - count, off_t(start) + off_t(count))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { break }
        count += got
      }
    }
  }
}
