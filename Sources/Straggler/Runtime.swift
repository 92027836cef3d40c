// The runtime's process-wide state: which threads there are, and how far the exit has come.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

/// The process-wide state of the thread runtime. Made at the first use of a thread or an exit callback, which is also
/// when the recorder learns that the runtime takes part in the exit.
final class Runtime: Sendable {
  /// No lazy global, and neither is any other state of the module's: each look at one takes, on Linux, a lock of swift_once's
  /// for a moment (Swift 6.3.1), and a child that another thread forks in that moment finds it taken for ever.
  static var shared: Runtime {
    guard let object = straggler_runtime_object() ?? makeObject() else { preconditionFailure("no runtime was made") }
    return Unmanaged<Runtime>.fromOpaque(object).takeUnretainedValue()
  }

  private static func makeObject() -> UnsafeMutableRawPointer? {
    straggler_made_runtime_object { Unmanaged.passRetained(Runtime()).toOpaque() }
  }

  /// The thread-specific key of each thread's own object.
  let currentKey = Thread.makeCurrentKey()
  /// The thread-specific key of what a thread has to release at its end.
  let localsKey = ThreadLocals.makeKey()
  /// Which tracked task code belongs to: nil outside of every one. Inherited by the tasks that a tracked one makes.
  let trackedTask = TaskLocal<UInt64?>(wrappedValue: nil)
  /// The workers that have not ended yet.
  let workers = ExitList(isOver: Worker.isOver, end: Worker.end)
  /// The pools that may have work.
  let pools = ExitList(end: PoolQueue.end)
  let lock = RuntimeLock()
  /// The exit goes on without the runtime's part of it.
  let isExitLeftOut = Atomic<Bool>(false)
  let state: Guarded<State>

  struct State {
    /// The main thread, then every thread that is being started or alive, in the order of their beginning.
    var threads: [Thread]
    /// Threads whose body is over and whose kernel thread nobody has joined yet.
    var ended: [Thread] = []
    /// In a forked child, the thread that forked.
    var main: Thread
    var exit = ExitProgress()
    /// Critical sections for which the exit waits.
    var guardedSections: [GuardedSection] = []
    var uncaughtErrorHook: Thread.UncaughtErrorHook = Thread.printUncaught
    var lastSection: UInt64 = 0
    var lastTrackedTask: UInt64 = 0
    var lastThreadNumber = 0
    var lastForeignNumber = 0
    /// How many forks lie between this process and the one that the runtime was made in.
    var generation = 0
  }

  private init() {
    let main = Thread(mainThreadOf: getpid())
    state = Guarded(State(threads: [main], main: main))
    // So that its end is seen, whether it asks for its own object or not.
    if Thread.isMainThread { pthread_setspecific(currentKey, Unmanaged.passRetained(main).toOpaque()) }
    rehearseFork()
    straggler_exit_wait_prepare()
    straggler_runtime_attach { ExitSequence.run() }
    // Late: an allocator that registered before has its locks free while these run.
    pthread_atfork(
      { Runtime.shared.beginFork() }, { Runtime.shared.endForkInParent() }, { Runtime.shared.becomeForkedChild() })
  }

  /// Runs `body` with the runtime's lock held.
  static func withLock<Result>(_ body: (RuntimeLock.Held, Guarded<State>) -> Result) -> Result {
    shared.lock.withLock { body($0, shared.state) }
  }

  /// The N of the next `Thread-N`.
  func nextThreadNumber() -> Int {
    lock.withLock { held in
      state[held].lastThreadNumber += 1
      return state[held].lastThreadNumber
    }
  }
}
