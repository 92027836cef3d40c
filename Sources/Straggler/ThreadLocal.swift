// A variable of which each thread has its own.

internal import Glibc

/// A variable of which each thread has a value of its own.
///
/// A thread's value is made when it first asks for it, and released when the thread ends, after its body, or when the
/// variable is. Values of threads that are cut off by the exit are never released. In a task it is the value of the
/// thread that the task happens to run on; Swift's `@TaskLocal` is what follows a task.
///
/// In Python: `threading.local`.
public final class ThreadLocal<Value>: Sendable {
  private let initial: @Sendable () -> Value
  private let values = Mutex<[ObjectIdentifier: Box]>([:])

  private final class Box: @unchecked Sendable {  // only ever touched by its own thread, and released by the last owner
    var value: Value

    init(_ value: Value) {
      self.value = value
    }
  }

  /// Makes a variable.
  ///
  /// - Parameter initial: a thread's first value: evaluated in each thread that asks, when it first does.
  public init(_ initial: @autoclosure @escaping @Sendable () -> Value) {
    self.initial = initial
  }

  /// The calling thread's own value. No other thread reaches it, and nothing is waited for.
  public var value: Value {
    get { box.value }
    _modify { yield &box.value }
  }

  private var box: Box {
    let locals = ThreadLocals.current
    if let box = values.withLock({ $0[locals.key] }) { return box }
    let box = Box(initial())  // may ask for this or another variable itself
    values.withLock { $0[locals.key] = box }
    locals.onEnd { [weak self] key in
      guard let self else { return }
      let former = values.withLock { $0.removeValue(forKey: key) }
      withExtendedLifetime(former) {}  // released without the lock: what ends with it is the program's
    }
    return box
  }
}

/// What a thread has to release at its end.
final class ThreadLocals {
  private var endings: [(ObjectIdentifier) -> Void] = []

  /// Tells the thread from all others: no other thread's is the same before `end` is over.
  var key: ObjectIdentifier { ObjectIdentifier(self) }

  private init() {}

  func onEnd(_ body: @escaping (ObjectIdentifier) -> Void) {
    endings.append(body)
  }

  private func end() {
    for ending in endings.reversed() { ending(key) }
  }

  static var current: ThreadLocals {
    if let known = pthread_getspecific(Runtime.shared.localsKey) {
      return Unmanaged<ThreadLocals>.fromOpaque(known).takeUnretainedValue()
    }
    let locals = ThreadLocals()
    pthread_setspecific(Runtime.shared.localsKey, Unmanaged.passRetained(locals).toOpaque())
    return locals
  }

  /// A key that holds a retained reference to what a thread has to release. Its destructor runs as a thread ends (never on
  /// exit).
  static func makeKey() -> pthread_key_t {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { object in
      guard let object else { return }
      Unmanaged<ThreadLocals>.fromOpaque(object).takeRetainedValue().end()
    }
    precondition(status == 0, "pthread_key_create failed with \(status): the program uses up all thread-local keys")
    return key
  }
}
