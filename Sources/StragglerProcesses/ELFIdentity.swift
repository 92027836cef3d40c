// What an ELF file says of itself before it is loaded: machine and loader. Field offsets: elf(5).

internal import Glibc

/// The facts that decide whether a library can be preloaded into a program.
struct ELFIdentity: Equatable {
  /// ELFCLASS64, little-endian, EM_X86_64, ET_EXEC or ET_DYN.
  var runsHere: Bool
  /// The program that loads it (PT_INTERP); nil where there is none: it is statically linked.
  var interpreter: String?

  /// nil where the bytes are no ELF file's. Damaged tables count as empty ones: the system refuses them itself.
  init?(_ source: (_ offset: UInt64, _ count: Int) -> [UInt8]?) {
    guard let header = source(0, 64) ?? source(0, 20), header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return nil }
    let machine = header.integer(at: 18, UInt16.self) ?? 0
    let type = header.integer(at: 16, UInt16.self) ?? 0
    runsHere = header[4] == 2 && header[5] == 1 && machine == 62 && (type == 2 || type == 3) && header.count == 64
    interpreter = nil
    guard runsHere else { return }
    let segments = Self.segments(header, source)
    if let segment = segments.first(where: { $0.type == 3 }), segment.size <= 4096,
      let bytes = source(segment.offset, Int(segment.size))
    {
      interpreter = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private struct Segment {
    var type: UInt32
    var offset: UInt64
    var size: UInt64
  }

  private static func segments(_ header: [UInt8], _ source: (UInt64, Int) -> [UInt8]?) -> [Segment] {
    guard let start = header.integer(at: 32, UInt64.self), header.integer(at: 54, UInt16.self) == 56,
      let count = header.integer(at: 56, UInt16.self), let table = source(start, Int(count) * 56)
    else { return [] }
    return (0..<Int(count)).compactMap { index in
      let at = index * 56
      guard let type = table.integer(at: at, UInt32.self), let offset = table.integer(at: at + 8, UInt64.self),
        let size = table.integer(at: at + 32, UInt64.self)
      else { return nil }
      return Segment(type: type, offset: offset, size: size)
    }
  }
}

extension ELFIdentity {
  /// Reads an open file's identity; nil where it is no ELF file.
  init?(descriptor: Int32) {
    self.init { offset, count in
      guard offset <= UInt64(Int64.max), count > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: count)
      return pread(descriptor, &bytes, count, off_t(offset)) == count ? bytes : nil
    }
  }
}

extension Array where Element == UInt8 {
  /// A little-endian integer; nil beyond the end.
  fileprivate func integer<Value: FixedWidthInteger>(at offset: Int, _: Value.Type) -> Value? {
    guard offset >= 0, offset + MemoryLayout<Value>.size <= count else { return nil }
    return withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
  }
}
