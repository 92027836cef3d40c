// Registers and stack bytes of the arena as `CapturedStack`: whatever an entry claims, no range leaves its bytes.

internal import CStragglerArena

/// Indexed by DWARF register number, none known.
private let noRegisters = [UInt64?](repeating: nil, count: Int(STRAGGLER_REGISTER_COUNT.rawValue))

extension CapturedStack {
  /// What a call into the recorder left: its program counter is a return address.
  /// - Parameter window: all the room that the entry has for stack bytes; those behind `capture.length` mean nothing.
  init(_ capture: StragglerCapture, window: [UInt8]) {
    var registers = noRegisters
    registers[Int(STRAGGLER_RIP.rawValue)] = capture.pc
    registers[Int(STRAGGLER_RSP.rawValue)] = capture.sp
    registers[Int(STRAGGLER_RBP.rawValue)] = capture.fp
    self.init(
      registers: registers, base: capture.sp, claimed: Int(capture.length), bytes: window, flags: capture.flags,
      isReturnAddress: true)
  }

  /// Where the freeze found a thread.
  /// - Parameter stack: the copied bytes, `frozen.stack_length` of them unless fewer could be had.
  init(_ frozen: StragglerFrozen, stack: [UInt8], isReturnAddress: Bool) {
    self.init(
      registers: withUnsafeBytes(of: frozen.registers) { $0.bindMemory(to: UInt64.self).map { $0 } },
      base: frozen.stack_address, claimed: Int(frozen.stack_length), bytes: stack, flags: frozen.stack_flags,
      isReturnAddress: isReturnAddress)
  }

  private init(
    registers: [UInt64?], base: UInt64, claimed: Int, bytes: [UInt8], flags: UInt32, isReturnAddress: Bool
  ) {
    let foreign = flags.has(STRAGGLER_CAPTURE_FOREIGN_STACK)
    let kept = foreign ? 0 : min(claimed, bytes.count)
    // A stack can't go round the end of the address space: then these are no stack bytes.
    let fits = !base.addingReportingOverflow(UInt64(kept)).overflow
    self.init(
      registers: registers, base: base, bytes: fits ? Array(bytes.prefix(kept)) : [],
      reachesBase: flags.has(STRAGGLER_CAPTURE_REACHES_BASE) && fits && kept == claimed,
      foreign: foreign, isReturnAddress: isReturnAddress)
  }
}
