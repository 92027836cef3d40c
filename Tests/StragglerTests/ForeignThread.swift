// A thread that the runtime did not start.

internal import Glibc

/// Runs `body` in a new pthread, waits for its end, and returns what it returned.
func onForeignThread<Result>(_ body: @escaping () -> Result) -> Result {
  var result: Result?
  let work = Work { result = body() }
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { context in
      guard let context else { return nil }
      Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().body()
      return nil
    }, Unmanaged.passUnretained(work).toOpaque())
  precondition(status == 0, "pthread_create failed with \(status)")
  withExtendedLifetime(work) { _ = pthread_join(thread, nil) }
  guard let result else { preconditionFailure("the thread ended without a result") }
  return result
}

private final class Work {
  let body: () -> Void

  init(body: @escaping () -> Void) {
    self.body = body
  }
}
