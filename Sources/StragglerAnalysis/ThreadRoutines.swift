// What a thread without a name is called by: the function that it runs.

internal import StragglerModel

/// A language's library starts every thread in a routine of its own (`execute_native_thread_routine` in libstdc++), which tells
/// a reader nothing: there the oldest frame of the program's is what the thread is about, such as the closure given to
/// std::thread.
struct ThreadRoutines {
  private var names: [Int: String] = [:]

  /// Looks up every thread that has no name, all at once.
  init(_ threads: [RecordedThread], resolver: any StackResolving) {
    var started: [(number: Int, stack: CapturedStack)] = []
    for thread in threads where thread.name == nil {
      guard let routine = thread.startRoutine else { continue }
      let name = resolver.functionName(at: routine)
      names[thread.number] = name
      guard name.map(Self.isOfLibrary) ?? true, let stack = thread.stop?.stack else { continue }
      started.append((thread.number, stack))
    }
    guard !started.isEmpty else { return }
    for (thread, stack) in zip(started, resolver.resolve(started.map { .stack($0.stack) })) {
      if let body = Self.body(in: stack) { names[thread.number] = body }
    }
  }

  /// nil where no symbol is known.
  subscript(thread: RecordedThread) -> String? { names[thread.number] }

  /// Of a stack that could not be followed down to the thread's start (code that was made at run time has no unwind tables) the
  /// oldest known frame is only where the thread happened to be.
  private static func body(in stack: Stack) -> String? {
    guard stack.complete else { return nil }
    let own = stack.frames.last { $0.isProgramOwn }?.function
    return own ?? stack.frames.compactMap(\.function).reversed().lazy.compactMap(callable).first
  }

  /// A frame of std::thread, into which the compiler put the closure that it calls, names its type:
  /// `std::thread::_State_impl<std::thread::_Invoker<std::tuple<main::{lambda()#1}> > >::_M_run()`.
  private static func callable(in function: String) -> String? {
    guard function.hasPrefix("std::thread::_State_impl<"),
      let start = function.firstRange(of: "std::tuple<")?.upperBound
    else { return nil }
    let callable = firstArgument(in: function[start...])
    // A pointer to a function has a type, and no name.
    return callable.contains("(*)") || callable.contains("::*)") ? nil : String(callable)
  }

  /// Up to the comma or bracket that ends the first of a list of template arguments.
  private static func firstArgument(in list: Substring) -> Substring {
    var depth = 0
    for index in list.indices {
      let character = list[index]
      if depth == 0 && (character == "," || character == ">") { return list[..<index] }
      if "<({".contains(character) { depth += 1 }
      if ">)}".contains(character) { depth -= 1 }
    }
    return list
  }

  private static let libraries = [
    "execute_native_thread_routine", "std::", "<std::", "void* std::", "_dispatch_", "_pthread_wqthread", "Foundation.",
    "NSThread", "swift::",
  ]

  private static func isOfLibrary(_ routine: String) -> Bool { libraries.contains(where: routine.hasPrefix) }
}
