// Where pthread_cancel has to wait.

internal import Glibc

/// Calls `body`, in which pthread_cancel does not end the calling thread; it does at the next point of cancellation after that.
func withoutCancellation<Result>(_ body: () -> Result) -> Result {
  var former: CInt = 0
  pthread_setcancelstate(CInt(PTHREAD_CANCEL_DISABLE), &former)
  defer { pthread_setcancelstate(former, nil) }
  return body()
}
