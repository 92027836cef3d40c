// For which test a thread was made.

internal import CStragglerRecorder
internal import Glibc

/// What the recorder knows of a thread's making.
struct Origin: Sendable, Equatable {
  /// The test's token; nil where it is not known.
  var token: UInt32?
  /// The token is the creating thread's, which was made for the test; else the thread was made in the test's own code or tasks.
  var inherited = false
  /// One of Dispatch's threads, on which Swift's tasks run too: it works for whoever comes.
  var isOfPool = false

  init(token: UInt32? = nil, inherited: Bool = false, isOfPool: Bool = false) {
    self.token = token
    self.inherited = inherited
    self.isOfPool = isOfPool
  }

  init(ofThread number: Int) {
    let recorded = straggler_origin_of(UInt32(number))
    self.init(
      token: recorded.token == 0 ? nil : recorded.token, inherited: recorded.inherited, isOfPool: recorded.of_pool)
  }
}

extension Origin {
  /// The token of the test whose code, or whose task's code, this is; 0 elsewhere.
  @TaskLocal static var current: UInt32 = 0

  /// Whether threads that are made from now on are asked for whom; false where nothing is recorded in this process.
  static let isRecorded: Bool = {
    // The task-local variable's own set-up must not happen in the middle of a thread's creation.
    _ = current
    return straggler_origin_ask({ Origin.current }, dlsym(nil, "dispatch_async_f"))
  }()

  /// The number of the thread that was made last.
  static var newestThread: Int { Int(straggler_newest_thread()) }
}
