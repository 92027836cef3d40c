// libc's functions, past the recorder.
//
// In a program that is linked with Straggler, the recorder sees the calls of pthread functions, NSLock's included: the
// others are slower there than in a program without it. These are what they cost alone.

import Glibc

/// What the C library itself exports, whoever stands before it.
enum LibC {
  static let mutexLock = function("pthread_mutex_lock", as: (@convention(c) (Mutex) -> Int32).self)
  static let mutexUnlock = function("pthread_mutex_unlock", as: (@convention(c) (Mutex) -> Int32).self)
  static let conditionWait = function("pthread_cond_wait", as: (@convention(c) (Condition, Mutex) -> Int32).self)
  static let create = function("pthread_create", as: Create.self)
  static let join = function("pthread_join", as: Join.self)

  typealias Mutex = UnsafeMutablePointer<pthread_mutex_t>
  typealias Condition = UnsafeMutablePointer<pthread_cond_t>
  typealias Start = @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  typealias Create =
    @convention(c) (
      UnsafeMutablePointer<pthread_t>, UnsafePointer<pthread_attr_t>?, Start, UnsafeMutableRawPointer?
    ) -> Int32
  typealias Join = @convention(c) (pthread_t, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int32

  private static func function<Function>(_ name: String, as type: Function.Type) -> Function {
    guard let library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), let address = dlsym(library, name) else {
      fatalError("\(name) is not in libc.so.6: this benchmark needs the GNU C library")
    }
    precondition(address != dlsym(nil, name), "\(name) is not observed: this program must be linked with the recorder")
    return unsafeBitCast(address, to: type)
  }
}
