// Walks one captured stack, a frame at a time, through libunwind.

internal import CStragglerUnwind
internal import StragglerModel

/// From registers and stack bytes to frames. It owns libunwind's address space, whose cache all walks share.
final class FrameWalk {
  /// Deeper stacks are cut: a garbled one could go on for as long as its bytes last.
  private static let frameLimit = 512

  private enum Register {
    static let sp = 7
    static let pc = 16
  }

  private let modules: LoadedModules
  private var space: OpaquePointer?
  /// Of the walk under way.
  private var bytes: [UInt8] = []
  private var base: UInt64 = 0

  init(_ modules: LoadedModules) {
    self.modules = modules
    space = straggler_unwind_create(findEntry, readWord, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    if let space { straggler_unwind_destroy(space) }
  }

  /// The frames of `stack`, innermost first, as far as unwind tables and the captured bytes lead.
  func frames(of stack: CapturedStack) -> UnwoundStack {
    bytes = stack.foreign ? [] : stack.bytes
    base = stack.base
    var registers = StragglerUnwindRegisters(stack)
    var isReturnAddress = stack.isReturnAddress
    var result = UnwoundStack(frames: [], complete: false)
    guard stack.registers.count > Register.pc, stack.registers[Register.pc] != nil else { return result }

    while result.frames.count < Self.frameLimit {
      var frame = UnwoundFrame(
        pc: registers[Register.pc], isReturnAddress: isReturnAddress, cfa: nil, functionStart: nil, inferred: false)
      registers[Register.pc] = frame.lookupAddress
      let procedure = modules.procedure(at: frame.lookupAddress)
      frame.functionStart = procedure?.range.lowerBound
      let step = procedure == nil || stack.foreign ? Step.unknown : step(from: registers)
      frame.cfa = step.cfa
      result.frames.append(frame)
      switch step {
      case .unknown: return result
      case .outermost:
        result.complete = true
        return result
      case .caller(let caller, _):
        registers = caller
        isReturnAddress = !(procedure?.isSignalFrame ?? false)
      }
    }
    return result
  }

  private enum Step {
    case unknown
    case outermost(cfa: UInt64)
    case caller(StragglerUnwindRegisters, cfa: UInt64)

    var cfa: UInt64? {
      switch self {
      case .unknown: nil
      case .outermost(let cfa), .caller(_, let cfa): cfa
      }
    }
  }

  /// One step outwards. A frame address that does not grow would be no caller's.
  private func step(from frame: StragglerUnwindRegisters) -> Step {
    guard let space else { return .unknown }
    var caller = StragglerUnwindRegisters()
    var cfa: UInt64 = 0
    let result = withUnsafePointer(to: frame) { straggler_unwind_step(space, $0, &caller, &cfa) }
    guard result != STRAGGLER_UNWIND_UNKNOWN, cfa > frame[Register.sp] else { return .unknown }
    return result == STRAGGLER_UNWIND_OUTERMOST ? .outermost(cfa: cfa) : .caller(caller, cfa: cfa)
  }

  /// The 8 bytes at `address`: captured ones, or a loaded file's.
  fileprivate func word(at address: UInt64, ofTable: Bool) -> UInt64? {
    let offset = address &- base
    if !ofTable, offset < UInt64(bytes.count) {
      guard UInt64(bytes.count) - offset >= 8 else { return nil }
      return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Int(offset), as: UInt64.self) }
    }
    return modules.word(at: address, ofTable: ofTable)
  }

  fileprivate func entry(at address: UInt64) -> StragglerUnwindEntry? {
    modules.procedure(at: address).map {
      StragglerUnwindEntry(start: $0.range.lowerBound, end: $0.range.upperBound, entry: $0.entry)
    }
  }
}

private func walk(_ context: UnsafeMutableRawPointer?) -> FrameWalk? {
  context.map { Unmanaged<FrameWalk>.fromOpaque($0).takeUnretainedValue() }
}

private let findEntry: straggler_unwind_find_entry = { context, address, entry in
  guard let found = walk(context)?.entry(at: address) else { return false }
  entry?.pointee = found
  return true
}

private let readWord: straggler_unwind_read_word = { context, address, ofTable, word in
  guard let found = walk(context)?.word(at: address, ofTable: ofTable) else { return false }
  word?.pointee = found
  return true
}

extension StragglerUnwindRegisters {
  /// The registers that were recorded; those that were not stay unknown.
  fileprivate init(_ stack: CapturedStack) {
    self.init()
    for (number, value) in stack.registers.prefix(Int(STRAGGLER_UNWIND_REGISTERS)).enumerated() {
      guard let value else { continue }
      self[number] = value
    }
  }

  /// A register's value. Setting one makes it known; an unknown one reads as 0.
  fileprivate subscript(number: Int) -> UInt64 {
    get { withUnsafeBytes(of: values) { $0.loadUnaligned(fromByteOffset: number * 8, as: UInt64.self) } }
    set {
      withUnsafeMutableBytes(of: &values) { $0.storeBytes(of: newValue, toByteOffset: number * 8, as: UInt64.self) }
      known |= 1 << UInt32(number)
    }
  }
}
