// A thread with a name and a daemon flag: what it is. What it does stands in Thread+Start, Thread+Join, Thread+Current.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

/// A thread that exit waits for, unless it is a daemon.
///
/// A thread is made, started once, and ends when its body returns or throws. When the process exits, it first waits for
/// every thread that is not a daemon; daemons are abandoned wherever they stand.
///
/// A thread that runs lives on without a reference to its object. All members may be used from any thread; only `start`
/// and the joins block. Where Foundation is imported too, write `Straggler.Thread`.
///
/// In Python: `threading.Thread`.
public final class Thread: Sendable {
  /// The body of a thread. What it throws is given to `uncaughtErrorHook`, and ends this thread only.
  public typealias Body = @Sendable () throws -> Void

  /// The thread's name, as reports show it. Names need not differ. The kernel keeps the first 15 bytes of it.
  ///
  /// In Python: `Thread.name`.
  public let name: String

  let origin: Origin
  /// What its maker said, beyond whether it is a daemon.
  let exitPolicy: ExitPolicy?
  let life: Guarded<Life>
  /// Broadcast when `life` has changed: by `announceChange`.
  let changed = Signal()
  /// 0 where it is not known.
  private let knownNumber: Atomic<UInt32>
  private let daemonFlag: Atomic<Bool>
  /// True from when this thread runs the exit sequence: it does not stop at finalizing, whatever it is.
  let isExiting = Atomic<Bool>(false)
  /// True soon after the body is over: for who looks at it without a lock.
  let isBodyOver = Atomic<Bool>(false)

  /// Where a thread comes from: only those that the runtime started can be waited for at the kernel.
  enum Origin {
    case runtime
    case main
    case foreign
  }

  /// What changes in a thread's life.
  struct Life {
    var stage: Stage = .unstarted
    var body: Body?
    var nativeID: Int32?
    /// Somebody waits for it: nobody else need be woken when the thread begins.
    var isNativeIDAwaited = false
    /// The exit has gone on without it: its limit was over, or a signal cut the wait short.
    var isGivenUp = false
  }

  /// How far a thread's life has come.
  enum Stage {
    case unstarted
    /// Created, or about to be.
    case running
    /// The body is over; the kernel's thread is about to end, and nobody waits for that.
    case ended(pthread_t)
    /// As `ended`, and one thread is inside pthread_join.
    case joining(pthread_t)
    /// Nothing of the thread is left.
    case gone
    /// The thread ends the process: it counts as ended, and will never be joined.
    case exiting
  }

  /// Makes a thread, which does nothing until `start()`.
  ///
  /// In Python: `threading.Thread(target=f, name=..., daemon=...)`. What Python passes in `args`, a closure captures.
  ///
  /// - Parameters:
  ///   - name: the thread's name; `Thread-1`, `Thread-2`... where it is nil or empty.
  ///   - daemon: whether exit goes on without waiting for the thread. Where it is nil, as the thread that calls this
  ///     initializer: false in the main thread and in a Swift task, true in any other thread that the runtime did not
  ///     start.
  ///   - body: what the thread does. It is released when the thread ends.
  public convenience init(name: String? = nil, daemon: Bool? = nil, body: @escaping Body) {
    self.init(name: name, daemon: daemon ?? Thread.isCallerDaemon, policy: nil, body: body)
  }

  /// Makes a thread for which exit does as `policy` says.
  ///
  /// - Parameters:
  ///   - name: as for the other initializer.
  ///   - policy: `report` makes a daemon; `wait` a thread for which exit waits, but no longer than its limit; `refuse`
  ///     a daemon that cannot be started any more once the exit has begun.
  ///   - body: as for the other initializer.
  public convenience init(name: String? = nil, atExit policy: ExitPolicy, body: @escaping Body) {
    let daemon = if case .wait = policy { false } else { true }
    self.init(name: name, daemon: daemon, policy: policy, body: body)
  }

  private init(name: String?, daemon: Bool, policy: ExitPolicy?, body: @escaping Body) {
    self.name = if let name, !name.isEmpty { name } else { "Thread-\(Runtime.shared.nextThreadNumber())" }
    daemonFlag = Atomic(daemon)
    exitPolicy = policy
    origin = .runtime
    knownNumber = Atomic(0)
    life = Guarded(Life(body: body))
  }

  /// The object of the process's main thread, which has run since before the runtime was there.
  init(mainThreadOf process: pid_t) {
    name = "MainThread"
    daemonFlag = Atomic(false)
    exitPolicy = nil
    origin = .main
    knownNumber = Atomic(1)
    life = Guarded(Life(stage: .running, nativeID: process))
  }

  /// The object of the calling thread, which another library started.
  init(foreignNumber: Int) {
    name = "Dummy-\(foreignNumber)"
    daemonFlag = Atomic(true)
    exitPolicy = nil
    origin = .foreign
    knownNumber = Atomic(straggler_thread_number())
    life = Guarded(Life(stage: .running, nativeID: straggler_kernel_thread_id()))
  }
}

extension Thread {
  /// Whether exit goes on without waiting for the thread. True for threads that the runtime did not start.
  ///
  /// In Python: `Thread.daemon`.
  public var daemon: Bool {
    daemonFlag.load(ordering: .relaxed)
  }

  /// Makes the thread a daemon, or a thread that exit waits for. To be called before `start`.
  ///
  /// In Python: `Thread.daemon = ...`.
  ///
  /// - Throws: `ThreadError.active` once the thread was started, even after it has ended.
  public func setDaemon(_ daemon: Bool) throws(ThreadError) {
    let isUnstarted = Runtime.withLock { held, _ in
      guard case .unstarted = life[held].stage else { return false }
      daemonFlag.store(daemon, ordering: .relaxed)
      return true
    }
    guard isUnstarted else { throw .active(name: name) }
  }

  /// Whether the thread was started and has not ended. False for the main thread once it exits.
  ///
  /// In Python: `Thread.is_alive()`.
  public var isAlive: Bool {
    Runtime.withLock { held, _ in life[held].stage.isAlive }
  }

  /// The kernel's id of the thread (gettid(2)); nil before it was started. Kept after its end, when the kernel may give
  /// it to another thread. Of a thread that was just started it is waited for, until the thread has come so far.
  ///
  /// In Python: `Thread.native_id`.
  public var nativeID: Int32? {
    Runtime.withLock { held, _ in
      while case .running = life[held].stage, life[held].nativeID == nil {
        life[held].isNativeIDAwaited = true
        _ = Runtime.shared.lock.wait(for: changed, until: nil, held)
      }
      return life[held].nativeID
    }
  }

  /// The thread's serial number in this process, as reports show it: never used twice. Nil before it was started, and
  /// where no recorder is present.
  ///
  /// In Python: `Thread.ident`, which is used again there.
  public var number: UInt32? {
    let known = knownNumber.load(ordering: .relaxed)
    return known == 0 ? nil : known
  }

  /// Keeps the number that the recorder gave the thread: of its creator and the new thread, whoever comes first.
  func remember(_ number: UInt32) {
    if number != 0 { knownNumber.store(number, ordering: .relaxed) }
  }
}

extension Thread.Stage {
  var isAlive: Bool {
    if case .running = self { true } else { false }
  }

  /// Whether the thread's code has ended, or counts as ended.
  var isOver: Bool {
    switch self {
    case .unstarted, .running: false
    case .ended, .joining, .gone, .exiting: true
    }
  }
}

extension Thread: CustomStringConvertible {
  /// The name, how far the thread's life has come, and whether it is a daemon: `Thread("writer", running, daemon)`.
  public var description: String {
    let stage = Runtime.withLock { held, _ in life[held].stage }
    let word =
      switch stage {
      case .unstarted: "unstarted"
      case .running: "running"
      case .ended, .joining, .gone, .exiting: "ended"
      }
    return "Thread(\"\(name)\", \(word)\(daemon ? ", daemon" : ""))"
  }
}
