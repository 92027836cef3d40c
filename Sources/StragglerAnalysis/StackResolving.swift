// What the analysis asks of whoever can unwind stacks and read symbols: it does neither itself.

public import StragglerModel

/// One stack that a report shows.
public enum StackRequest: Sendable, Equatable {
  /// Registers and bytes, unwound as they are.
  case stack(CapturedStack)
  /// A recorded acquisition, continued from the thread's stack at exit where that is proven to be the same.
  case acquisition(CapturedStack, stoppedAt: CapturedStack?)
}

/// Turns captured bytes into frames with their source, and addresses into names.
public protocol StackResolving {
  func stack(_ captured: CapturedStack) -> Stack
  /// - Parameter stoppedAt: The thread's stack at the freeze, where there is one.
  func acquisition(_ recorded: CapturedStack, stoppedAt: CapturedStack?) -> Stack
  /// The name of the static object that contains an address; nil for the heap and for stacks.
  func dataSymbol(containing address: UInt64) -> String?
  func functionName(at address: UInt64) -> String?
  /// The language runtimes that the process's files were built with; nil, the default, for one that reads no files.
  func runtimes() -> Set<LinkedRuntime>?
  /// All stacks of a report, in the order asked for. A report asks once, with everything that it shows: looking symbols
  /// up is fast only in bulk. The default asks for one after the other.
  func resolve(_ requests: [StackRequest]) -> [Stack]
}

extension StackResolving {
  public func runtimes() -> Set<LinkedRuntime>? { nil }

  public func resolve(_ requests: [StackRequest]) -> [Stack] {
    requests.map { request in
      switch request {
      case .stack(let captured): stack(captured)
      case .acquisition(let recorded, let stoppedAt): acquisition(recorded, stoppedAt: stoppedAt)
      }
    }
  }
}
