// One ELF file on disk: build id, code, sections and symbols, through elfutils' libelf.

internal import CLibelf
internal import Glibc

/// An ELF file of this machine, opened for reading.
///
/// libelf reads it by pread, not by a map: a file that is truncated meanwhile must not be a SIGBUS for us.
final class ElfFile {
  private let descriptor: Int32
  private let size: Int
  private let elf: OpaquePointer
  private var sectionsByName: [String: OpaquePointer] = [:]

  /// Empty where the file has none.
  private(set) var buildID: [UInt8] = []
  /// From the first executable byte to the last, in the file's own addresses.
  private(set) var code: Range<UInt64> = 0..<0

  /// nil where there is no such file, or it is no 64-bit little-endian ELF file.
  init?(path: String) {
    guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else { return nil }
    // O_NONBLOCK: a fifo of that name must not stop us for good.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let elf = elf_begin(descriptor, ELF_C_READ, nil)
    else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    size = status.st_size
    self.elf = elf
    guard elf_kind(elf) == ELF_K_ELF, gelf_getclass(elf) == ELFCLASS64, isLittleEndian else { return nil }
    readSegments()
    readSections()
  }

  deinit {
    elf_end(elf)
    close(descriptor)
  }

  /// The bytes of a section, decompressed; empty where there is none or it is damaged.
  func bytes(ofSection name: String) -> [UInt8] {
    guard let section = sectionsByName[name] else { return [] }
    return bytes(of: section)
  }

  /// Symbols of the given types (STT_…) in .symtab, else in .dynsym; nil where the file has neither.
  func symbols(ofTypes types: Set<Int32>) -> [SymbolTable.Symbol]? {
    for type in [UInt32(SHT_SYMTAB), UInt32(SHT_DYNSYM)] {
      var section = elf_nextscn(elf, nil)
      while let current = section {
        if let header = header(of: current), header.sh_type == type {
          return symbols(in: current, header, types)
        }
        section = elf_nextscn(elf, current)
      }
    }
    return nil
  }

  /// The name of the file that has what was stripped from this one (.gnu_debuglink).
  var debugLink: String? {
    let bytes = bytes(ofSection: ".gnu_debuglink")
    let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    return name.isEmpty || name.contains("/") ? nil : name
  }

  func hasSection(_ name: String) -> Bool { sectionsByName[name] != nil }

  // MARK: - Reading

  private var isLittleEndian: Bool {
    var count = 0
    guard let identity = elf_getident(elf, &count), count > Int(EI_DATA) else { return false }
    return identity[Int(EI_DATA)] == CChar(ELFDATA2LSB)
  }

  private func readSegments() {
    var count = 0
    guard elf_getphdrnum(elf, &count) == 0 else { return }
    for index in 0..<Int32(clamping: count) {
      var segment = GElf_Phdr()
      guard gelf_getphdr(elf, index, &segment) != nil else { return }
      if segment.p_type == PT_LOAD, segment.p_flags & UInt32(PF_X) != 0 {
        let end = segment.p_vaddr &+ segment.p_memsz
        guard segment.p_vaddr < end else { continue }
        code =
          code.isEmpty
          ? segment.p_vaddr..<end : min(code.lowerBound, segment.p_vaddr)..<max(code.upperBound, end)
      }
      if segment.p_type == PT_NOTE, buildID.isEmpty { readBuildID(segment) }
    }
  }

  private func readBuildID(_ segment: GElf_Phdr) {
    guard let offset = Int64(exactly: segment.p_offset), let size = Int(exactly: segment.p_filesz),
      let data = elf_getdata_rawchunk(elf, offset, size, ELF_T_NHDR), let bytes = data.pointee.d_buf
    else { return }
    var position = 0
    while true {
      var note = GElf_Nhdr()
      var name = 0
      var content = 0
      position = gelf_getnote(data, position, &note, &name, &content)
      guard position > 0 else { return }
      guard note.n_type == UInt32(NT_GNU_BUILD_ID), note.n_namesz == 4,
        memcmp(bytes + name, "GNU", 4) == 0
      else { continue }
      buildID = [UInt8](UnsafeRawBufferPointer(start: bytes + content, count: Int(note.n_descsz)))
      return
    }
  }

  private func readSections() {
    var names = 0
    guard elf_getshdrstrndx(elf, &names) == 0 else { return }
    var section = elf_nextscn(elf, nil)
    while let current = section {
      if let header = header(of: current), header.sh_type != UInt32(SHT_NOBITS),
        let name = elf_strptr(elf, names, Int(header.sh_name))
      {
        sectionsByName[String(cString: name)] = current
      }
      section = elf_nextscn(elf, current)
    }
  }

  private func header(of section: OpaquePointer) -> GElf_Shdr? {
    var header = GElf_Shdr()
    return gelf_getshdr(section, &header) == nil ? nil : header
  }

  private func bytes(of section: OpaquePointer) -> [UInt8] {
    guard let header = header(of: section) else { return [] }
    guard header.sh_flags & UInt64(SHF_COMPRESSED) != 0 else {
      return bytes(at: header.sh_offset, count: header.sh_size)
    }
    // Decompresses in memory; the descriptor is open for reading alone.
    guard elf_compress(section, 0, 0) >= 0, let data = elf_getdata(section, nil), let start = data.pointee.d_buf
    else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: data.pointee.d_size))
  }

  /// Read past libelf, which would keep a second copy of sections that may have hundreds of megabytes.
  private func bytes(at offset: UInt64, count: UInt64) -> [UInt8] {
    guard let offset = Int(exactly: offset), let count = Int(exactly: count), offset <= size, count <= size - offset
    else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { return }  // cut short meanwhile: what is there is checked as it is read
        filled += got
      }
    }
  }

  private func symbols(
    in section: OpaquePointer, _ header: GElf_Shdr, _ types: Set<Int32>
  ) -> [SymbolTable.Symbol] {
    guard let data = elf_getdata(section, nil), header.sh_entsize > 0 else { return [] }
    let count = UInt64(data.pointee.d_size) / header.sh_entsize
    var limits: [Int: UInt64] = [:]
    var symbols: [SymbolTable.Symbol] = []
    for index in 0..<Int32(clamping: count) {
      var symbol = GElf_Sym()
      guard gelf_getsym(data, index, &symbol) != nil else { break }
      guard types.contains(Int32(symbol.st_info & 0xF)), symbol.st_shndx != UInt16(SHN_UNDEF),
        symbol.st_shndx < UInt16(SHN_LORESERVE),
        let name = elf_strptr(elf, Int(header.sh_link), Int(symbol.st_name)), name.pointee != 0
      else { continue }
      let home = Int(symbol.st_shndx)
      let limit = limits[home] ?? end(ofSection: home)
      limits[home] = limit
      symbols.append(
        SymbolTable.Symbol(
          name: String(String(cString: name).prefix { $0 != "@" }), start: symbol.st_value, size: symbol.st_size,
          limit: limit, isGlobal: symbol.st_info >> 4 != UInt8(STB_LOCAL)))
    }
    return symbols
  }

  private func end(ofSection index: Int) -> UInt64 {
    guard let header = elf_getscn(elf, index).flatMap(header(of:)) else { return 0 }
    return header.sh_addr &+ header.sh_size
  }
}
