// Threads and meeting points of libc's own, past the recorder: what measures must cost every side the same.

import Glibc

/// A thread of libc's.
struct LibraryThread {
  private let handle: pthread_t

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  init(_ run: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(Body(run)).toOpaque()
    let status = LibC.create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    precondition(status == 0, "pthread_create failed with \(status)")
    self.handle = handle
  }

  func join() {
    _ = LibC.join(handle, nil)
  }
}

/// Where threads wait for each other once.
final class Gathering: @unchecked Sendable {
  private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

  init(of count: Int) {
    pthread_barrier_init(barrier, nil, UInt32(count))
  }

  deinit {
    pthread_barrier_destroy(barrier)
    barrier.deallocate()
  }

  func wait() {
    pthread_barrier_wait(barrier)
  }
}
