// Stacks for one process's report: unwound and looked up in its modules, in one go.

internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerStacks
internal import StragglerSymbols

/// Brings the unwinder and the symbols together. For one report and one thread.
final class ResolvedStacks: StackResolving {
  private let unwinder: StackUnwinder
  private let symbolizer: Symbolizer

  /// - Parameter files: the symbols that other reports of the run have read already.
  init(modules: [Module], files: SymbolFiles) {
    unwinder = StackUnwinder(modules: modules)
    symbolizer = Symbolizer(modules: modules, files: files)
  }

  func stack(_ captured: CapturedStack) -> Stack {
    resolve([.stack(captured)])[0]
  }

  func acquisition(_ recorded: CapturedStack, stoppedAt: CapturedStack?) -> Stack {
    resolve([.acquisition(recorded, stoppedAt: stoppedAt)])[0]
  }

  func resolve(_ requests: [StackRequest]) -> [Stack] {
    symbolizer.stacks(requests.map(unwound))
  }

  private func unwound(_ request: StackRequest) -> UnwoundStack {
    switch request {
    case .stack(let captured): unwinder.unwind(captured)
    case .acquisition(let recorded, let stop): unwinder.acquisition(recorded, stoppedAt: stop)
    }
  }

  func dataSymbol(containing address: UInt64) -> String? { symbolizer.dataSymbol(containing: address) }

  func runtimes() -> Set<LinkedRuntime>? { symbolizer.runtimes() }

  func functionName(at address: UInt64) -> String? { symbolizer.functionName(at: address) }
}
