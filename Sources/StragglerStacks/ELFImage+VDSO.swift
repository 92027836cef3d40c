// The vDSO: the ELF image that the kernel maps into every process, and that no file holds.

internal import CStragglerUnwind

extension ELFImage {
  /// What the dynamic linker calls it, vdso(7).
  static let vdsoName = "linux-vdso.so.1"

  /// This process's own vDSO, in place of the observed one's: the same kernel gives both the same. nil where there is
  /// none, or where its build id is not `buildID`: the observed process ran under another kernel then.
  static func vdso(buildID: [UInt8]) -> ELFImage? {
    guard !buildID.isEmpty, let base = straggler_unwind_vdso() else { return nil }
    // The section headers stand at its end: e_shoff, e_shentsize, e_shnum.
    let headers = base.loadUnaligned(fromByteOffset: 0x28, as: UInt64.self)
    let headerSize = base.loadUnaligned(fromByteOffset: 0x3A, as: UInt16.self)
    let headerCount = base.loadUnaligned(fromByteOffset: 0x3C, as: UInt16.self)
    let size = Int(headers) + Int(headerSize) * Int(headerCount)
    return ELFImage(FileBytes(Array(UnsafeRawBufferPointer(start: base, count: size))), buildID: buildID)
  }
}
