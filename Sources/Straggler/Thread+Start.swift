// A thread's beginning and end.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

extension Thread {
  /// Starts the thread, which is alive from then on. Does not wait for it.
  ///
  /// In Python: `Thread.start()`.
  ///
  /// - Throws: `ThreadError.alreadyStarted`; `.refused` if the system has no room for a thread, after which `start` may
  ///   be tried again; `.exitBegun` for a thread of the policy `refuse` once the exit has begun; `.finalizing` if the
  ///   exit has come too far for any.
  public func start() throws(ThreadError) {
    stopIfFinalizing()
    if let error = Runtime.withLock({ held, state in claimStart(held, state) }) { throw error }
    var handle = pthread_t()
    let context = Unmanaged.passRetained(self)
    let (status, number) = name.withCString { name in
      straggler_next_thread(name, daemon)
      let status = pthread_create(&handle, nil, Thread.entry, context.toOpaque())
      return (status, straggler_next_thread_number())
    }
    guard status == 0 else {
      context.release()
      Runtime.withLock { held, state in unclaimStart(held, state) }
      throw .refused(name: name, code: status)
    }
    remember(number)
    stopIfFinalizing()
  }

  private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    guard let context else { preconditionFailure("a thread was created without its object") }
    Unmanaged<Thread>.fromOpaque(context).takeRetainedValue().live()
    return nil
  }

  /// Puts the thread among those that exit knows of. Returns why it can't be.
  private func claimStart(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) -> ThreadError? {
    guard origin == .runtime, case .unstarted = life[held].stage else { return .alreadyStarted(name: name) }
    guard state[held].exit.phase < .finalizing else { return .finalizing(name: name) }
    guard exitPolicy != .refuse || state[held].exit.phase == .running else { return .exitBegun(name: name) }
    life[held].stage = .running
    state[held].threads.append(self)
    return nil
  }

  /// Tells whoever waits for the thread, the exit included, that `life` has changed.
  func announceChange() {
    changed.broadcast()
    straggler_exit_news()
  }

  /// Undoes `claimStart`. The exit may be waiting for the thread already.
  private func unclaimStart(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) {
    life[held].stage = .unstarted
    state[held].threads.removeAll { $0 === self }
    announceChange()
  }

  /// The whole life of the thread, in the new thread.
  private func live() {
    if straggler_set_kernel_thread_name(name) { straggler_thread_set_name(name) }
    becomeCurrent()
    run(becomeAlive())
    end()
  }

  /// Says what only the thread itself knows, to who waits for it. Returns the body.
  private func becomeAlive() -> Body? {
    let nativeID = straggler_kernel_thread_id()
    remember(straggler_thread_number())
    let (body, isAwaited) = Runtime.withLock { held, _ in
      life[held].nativeID = nativeID
      return (life[held].body.take(), life[held].isNativeIDAwaited)
    }
    if isAwaited { changed.broadcast() }
    return body
  }

  /// Runs the body, and releases it and what it captured while the thread is still alive.
  private func run(_ body: consuming Body?) {
    // A daemon whose start crossed the exit does not begin.
    stopIfFinalizing()
    do {
      try body?()
    } catch {
      reportUncaught(error)
    }
  }

  /// The thread's code is over. Once in its life, in the thread itself.
  func end() {
    Runtime.withLock { held, state in
      Thread.joinEnded(held, state, atMost: Thread.joinsPerEnd)
      life[held].stage = .ended(pthread_self())
      state[held].threads.removeAll { $0 === self }
      state[held].ended.append(self)
    }
    // Whoever wakes up finds the lock free.
    isBodyOver.store(true, ordering: .relaxed)
    announceChange()
  }

  /// How many ended threads one ending thread joins at most: more than the one that it adds, so that they can't pile
  /// up.
  private static let joinsPerEnd = 8

  /// Gives the stacks of ended threads back that nobody has joined. Does not wait: a thread whose thread-local
  /// destructors still run goes to the end of the list, where it keeps nobody else from being looked at.
  static func joinEnded(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>, atMost count: Int) {
    let some = state[held].ended.prefix(count)
    state[held].ended.removeFirst(some.count)
    for thread in some {
      if case .ended(let handle) = thread.life[held].stage, straggler_try_join(handle) == 0 {
        thread.becomeGone(held, state)
      } else {
        state[held].ended.append(thread)
      }
    }
  }

  /// The kernel's thread was joined.
  func becomeGone(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) {
    life[held].stage = .gone
    state[held].ended.removeAll { $0 === self }
    announceChange()
  }
}
