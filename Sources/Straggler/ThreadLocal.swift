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
  /// By thread. Behind the runtime's lock, which a forked child finds free; a thread comes here for its first value only.
  private let values = Guarded<[ObjectIdentifier: Box]>([:])

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
    if let known = locals.box(of: self) { return unsafeDowncast(known, to: Box.self) }
    let box = Box(initial())  // may ask for this or another variable itself
    let former = exchange(box, of: locals.key)
    withExtendedLifetime(former) {}
    locals.add(box, of: self) { [weak self] key in
      let former = self?.exchange(nil, of: key)
      withExtendedLifetime(former) {}  // released without the lock: what ends with it is the program's
    }
    return box
  }

  private func exchange(_ box: Box?, of thread: ObjectIdentifier) -> Box? {
    Runtime.withLock { held, _ in
      let former = values[held][thread]
      values[held][thread] = box
      return former
    }
  }
}

/// A thread's own values, and what it has to release at its end.
final class ThreadLocals {
  private struct Value {
    weak var box: AnyObject?
    let number: Int
    let end: (ObjectIdentifier) -> Void
  }

  /// By variable. The box of a variable that is no more is nil, whatever other one has come to its place.
  private var values: [ObjectIdentifier: Value] = [:]
  private var lastNumber = 0
  /// With how many values those of variables that are no more are looked for next.
  private var limit = 16

  /// Tells the thread from all others: no other thread's is the same before `end` is over.
  var key: ObjectIdentifier { ObjectIdentifier(self) }

  private init() {}

  func box(of variable: AnyObject) -> AnyObject? { values[ObjectIdentifier(variable)]?.box }

  func add(_ box: AnyObject, of variable: AnyObject, onEnd body: @escaping (ObjectIdentifier) -> Void) {
    if values.count >= limit {
      values = values.filter { $0.value.box != nil }
      limit = max(16, 2 * values.count)
    }
    lastNumber += 1
    values[ObjectIdentifier(variable)] = Value(box: box, number: lastNumber, end: body)
  }

  private func end() {
    for value in values.values.sorted(by: { $0.number > $1.number }) { value.end(key) }
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
