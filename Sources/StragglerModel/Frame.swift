// Frames: first addresses (StragglerStacks), then with their source (StragglerSymbols), at last in a report.

/// One frame that unwinding found.
public struct UnwoundFrame: Sendable, Equatable, Hashable {
  /// The program counter.
  public var pc: UInt64
  /// `pc` is a return address: the call is the instruction before it.
  public var isReturnAddress: Bool
  /// Its canonical frame address; nil for the last frame of an incomplete stack.
  public var cfa: UInt64?
  /// First address of the function (of its unwind table entry); nil where there is none.
  public var functionStart: UInt64?
  /// Continued from the thread's stack at exit; the others were recorded.
  public var inferred: Bool

  /// An address inside the instruction that was being executed, to look its source up by.
  public var lookupAddress: UInt64 { isReturnAddress && pc > 0 ? pc - 1 : pc }

  public init(pc: UInt64, isReturnAddress: Bool, cfa: UInt64?, functionStart: UInt64?, inferred: Bool) {
    self.pc = pc
    self.isReturnAddress = isReturnAddress
    self.cfa = cfa
    self.functionStart = functionStart
    self.inferred = inferred
  }
}

/// Innermost frame first.
public struct UnwoundStack: Sendable, Equatable, Hashable {
  public var frames: [UnwoundFrame]
  /// Down to the thread's start.
  public var complete: Bool
  public init(frames: [UnwoundFrame], complete: Bool) {
    self.frames = frames
    self.complete = complete
  }
}

/// One frame with its source. An inlined call is a frame of its own, before the one it was inlined into.
public struct Frame: Sendable, Equatable, Hashable {
  /// Demangled; nil where no symbol is known.
  public var function: String?
  /// The linker's name, as it stands in the symbol table; for telling functions from each other.
  public var mangledFunction: String?
  public var file: String?
  public var line: Int?
  public var column: Int?
  /// Path of the ELF file; nil where the address is in none.
  public var module: String?
  public var address: UInt64
  /// The instruction as the module's own file has it, as addr2line(1) takes it: of a return address, the call before it. nil without
  /// a module.
  public var moduleOffset: UInt64?
  public var inlined: Bool
  public var inferred: Bool

  public init(
    function: String? = nil, mangledFunction: String? = nil, file: String? = nil, line: Int? = nil,
    column: Int? = nil, module: String? = nil, address: UInt64, moduleOffset: UInt64? = nil, inlined: Bool = false,
    inferred: Bool = false
  ) {
    self.function = function
    self.mangledFunction = mangledFunction
    self.file = file
    self.line = line
    self.column = column
    self.module = module
    self.address = address
    self.moduleOffset = moduleOffset
    self.inlined = inlined
    self.inferred = inferred
  }
}

/// Innermost frame first.
public struct Stack: Sendable, Equatable, Hashable {
  public var complete: Bool
  public var frames: [Frame]
  public init(complete: Bool, frames: [Frame]) {
    self.complete = complete
    self.frames = frames
  }
}
