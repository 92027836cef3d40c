// Which thread this is, which is the main one, and which there are.

internal import CStragglerThreads
internal import Glibc

extension Thread {
  /// The calling thread. A thread that the runtime did not start gets an object of the name `Dummy-N`, which counts as
  /// a daemon and is in `all` until the thread ends. Asked in a task, it is the thread that the task happens to run on.
  ///
  /// In Python: `threading.current_thread()`.
  public static var current: Thread {
    if let known = currentIfKnown { return known }
    let thread = isMainThread ? main : registerForeign()
    thread.becomeCurrent()
    return thread
  }

  /// The main thread: the one that `main` runs in, and in a forked child the one that called `fork`.
  ///
  /// In Python: `threading.main_thread()`.
  public static var main: Thread {
    Runtime.withLock { held, state in state[held].main }
  }

  /// Every thread that is being started or alive, daemons included, and the main thread always. Of the threads that the
  /// runtime did not start, those that asked for `current`. They may have ended by the time the caller looks at them.
  ///
  /// In Python: `threading.enumerate()`; its count is `threading.active_count()`.
  public static var all: [Thread] {
    Runtime.withLock { held, state in state[held].threads }
  }

  /// The calling thread, if its object was made already. Takes no lock.
  static var currentIfKnown: Thread? {
    pthread_getspecific(Runtime.shared.currentKey).map { Unmanaged<Thread>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Whether a thread made by the calling one is a daemon where its maker doesn't say: as the maker, if that is the
  /// main thread or one of the runtime's. A Swift task is the program's own work, whichever pool thread it runs on (on
  /// Linux even the main actor's code leaves the main thread at the first suspension): exit waits for what it starts.
  /// Any other foreign thread counts as a daemon.
  static var isCallerDaemon: Bool {
    if let known = currentIfKnown, known.origin != .foreign { return known.daemon }
    return !isMainThread && !withUnsafeCurrentTask { $0 != nil }
  }

  /// Makes this object the calling thread's own. The reference is given back when the thread ends.
  func becomeCurrent() {
    if let former = pthread_getspecific(Runtime.shared.currentKey) { Unmanaged<Thread>.fromOpaque(former).release() }
    pthread_setspecific(Runtime.shared.currentKey, Unmanaged.passRetained(self).toOpaque())
  }

  /// A key that holds a retained reference to the thread's own object. Its destructor runs as a thread ends (never on
  /// exit).
  static func makeCurrentKey() -> pthread_key_t {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { object in
      guard let object else { return }
      Unmanaged<Thread>.fromOpaque(object).takeRetainedValue().leaveKernelThread()
    }
    precondition(status == 0, "pthread_key_create failed with \(status): the program uses up all thread-local keys")
    return key
  }

  /// A process's main thread has the process's own id: gettid(2). Of a forked child that is the thread that forked.
  static var isMainThread: Bool {
    straggler_kernel_thread_id() == getpid()
  }

  private static func registerForeign() -> Thread {
    let number = Runtime.withLock { held, state in
      state[held].lastForeignNumber += 1
      return state[held].lastForeignNumber
    }
    let thread = Thread(foreignNumber: number)
    Runtime.withLock { held, state in state[held].threads.append(thread) }
    return thread
  }

  /// Runs among a thread's last instructions. Only the runtime's own threads have said before that they end, unless
  /// pthread_exit or pthread_cancel ended them.
  private func leaveKernelThread() {
    switch origin {
    case .runtime:
      if isAlive { end() }
    case .foreign:
      Runtime.withLock { held, state in
        state[held].threads.removeAll { $0 === self }
        life[held].stage = .gone
        announceChange()
      }
    case .main:
      // pthread_exit in main: the process goes on without it, and `all` keeps it.
      Runtime.withLock { held, _ in
        life[held].stage = .exiting
        announceChange()
      }
    }
  }
}
