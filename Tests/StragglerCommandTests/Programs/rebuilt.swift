// The same in Swift: private functions, methods, closures and generics, whose linker names could know of the file or the line.
import Glibc

// ABOVE

private final class Signal: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  init() { sem_init(semaphore, 0, 0) }
  func send() { sem_post(semaphore) }
  func wait() { sem_wait(semaphore) }
}

private let ready = Signal()

private func stay() -> Never {
  ready.send()
  while true { pause() }
}

struct Cache<Value> {
  let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  var value: Value

  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(lock, nil)
  }

  fileprivate func withLock(_ body: (Value) -> Void) {
    pthread_mutex_lock(lock)
    body(value)
  }
}

private func start(_ body: @escaping @Sendable () -> Void) {
  final class Box { let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body } }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { box in
      Unmanaged<Box>.fromOpaque(box!).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  ready.wait()
}

@main
enum Program {
  static func main() {
    start { Cache(5).withLock { _ in stay() } }
    start { Cache("text").withLock { _ in stay() } }
    start { stay() }
  }
}
