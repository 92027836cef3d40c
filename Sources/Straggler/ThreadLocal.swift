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
  private let values = Mutex<[ThreadLocalKey: Box]>([:])

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

/// Tells one thread from all others, those that have ended included.
struct ThreadLocalKey: Hashable, Sendable {
  fileprivate let number: UInt64
}

/// What a thread has to release at its end.
private final class ThreadLocals {
  let key: ThreadLocalKey
  private var endings: [(ThreadLocalKey) -> Void] = []

  private init(key: ThreadLocalKey) {
    self.key = key
  }

  func onEnd(_ body: @escaping (ThreadLocalKey) -> Void) {
    endings.append(body)
  }

  private func end() {
    for ending in endings.reversed() { ending(key) }
  }

  static var current: ThreadLocals {
    if let known = pthread_getspecific(specific) {
      return Unmanaged<ThreadLocals>.fromOpaque(known).takeUnretainedValue()
    }
    let locals = ThreadLocals(
      key: ThreadLocalKey(
        number: lastNumber.withLock {
          $0 += 1; return $0
        }))
    pthread_setspecific(specific, Unmanaged.passRetained(locals).toOpaque())
    return locals
  }

  private static let lastNumber = Mutex<UInt64>(0)

  /// Its destructor runs as a thread ends (never on exit).
  private static let specific: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { object in
      guard let object else { return }
      Unmanaged<ThreadLocals>.fromOpaque(object).takeRetainedValue().end()
    }
    precondition(status == 0, "pthread_key_create failed with \(status): the program uses up all thread-local keys")
    return key
  }()
}
