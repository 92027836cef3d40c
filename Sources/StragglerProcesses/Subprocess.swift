// Runs a program to its end, with a time limit, and keeps what it printed.

internal import CStragglerSystem
internal import Glibc
internal import Synchronization

/// A program to be run beside this one: in a session of its own, with nothing to read.
public struct Subprocess: Sendable {
  /// Path of the executable.
  public var executable: String
  /// Without the program's own name.
  public var arguments: [String]
  /// Values that are added to this process's environment; nil takes a variable away.
  public var environment: [String: String?]
  public var workingDirectory: String
  /// How long it may take. Past it, everything in its session is ended.
  public var timeLimit: Duration

  public init(
    _ executable: String, _ arguments: [String], environment: [String: String?] = [:], workingDirectory: String,
    timeLimit: Duration
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.timeLimit = timeLimit
  }

  /// How a program ended and what it printed.
  public struct Result: Sendable, Equatable {
    public enum End: Sendable, Equatable {
      case status(Int)
      case signal(Int)
      /// Ended because it took longer than its limit.
      case timedOut
    }
    public var end: End
    public var output: [UInt8]
    public var errorOutput: [UInt8]
  }

  /// The program could not be started.
  public struct LaunchError: Error, Sendable, CustomStringConvertible {
    public var description: String
  }

  /// Runs the program and waits for it. Blocks the calling thread.
  ///
  /// A process that the program left behind with its output open does not keep this waiting: what such a one prints
  /// after the program's end is not kept.
  ///
  /// - Throws: `LaunchError`, naming the program and what the system said.
  public func run() throws(LaunchError) -> Result {
    let output = try OutputPipe()
    let errorOutput = try OutputPipe()
    let process = try spawn(output: output.writeEnd, errorOutput: errorOutput.writeEnd)
    output.closeWriteEnd()
    errorOutput.closeWriteEnd()
    let finished = awaitEnd(of: process, pipes: [output, errorOutput])
    if !finished { Session(leader: process).end() }
    let end = Self.running.withLock { running in
      // Under the lock: after the reaping its number may be another process's.
      running.leaders.remove(process)
      return Self.reap(process)
    }
    output.drain()
    errorOutput.drain()
    return Result(end: finished ? end : .timedOut, output: output.bytes, errorOutput: errorOutput.bytes)
  }

  /// Empties the pipes until the process has ended; false if the time limit came first.
  private func awaitEnd(of process: pid_t, pipes: [OutputPipe]) -> Bool {
    let deadline = ContinuousClock.now + timeLimit
    let descriptor = straggler_process_open(process)
    precondition(descriptor >= 0, "pidfd_open(\(process)): \(errno): needs Linux 5.3, and a free descriptor")
    defer { close(descriptor) }
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { return false }
      var polled = pipes.filter(\.isOpen).map { pollfd(fd: $0.readEnd, events: Int16(POLLIN), revents: 0) }
      polled.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
      let milliseconds =
        min(left.components.seconds, 3_600) * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
      _ = poll(&polled, nfds_t(polled.count), Int32(milliseconds) + 1)
      pipes.forEach { $0.drain() }
      if polled.last?.revents != 0 { return true }
    }
  }

  /// Waits for the process, which has ended or was told to.
  private static func reap(_ process: pid_t) -> Result.End {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      precondition(
        errno == EINTR, "waitpid(\(process)): \(errno): the process is a child of this one and not yet reaped")
    }
    // The macros of <sys/wait.h>, which Swift does not import: the low seven bits are the signal.
    let signal = status & 0x7f
    return signal == 0 ? .status(Int((status >> 8) & 0xff)) : .signal(Int(signal))
  }
}

// MARK: - Starting

extension Subprocess {
  private func spawn(output: Int32, errorOutput: Int32) throws(LaunchError) -> pid_t {
    var process: pid_t = 0
    var failure: Int32 = 0
    // ETXTBSY: a file that was just written is still open for writing in a child that another thread has forked and that
    // has not come to its exec yet. That passes in a moment.
    for _ in 0..<200 {
      failure = withCStrings([executable] + arguments) { words in
        withCStrings(mergedEnvironment()) { variables in
          Self.running.withLock { running in
            guard !running.isOver else { return ECANCELED }
            let failure = straggler_session_spawn(
              &process, executable, words, variables, workingDirectory, output, errorOutput)
            if failure == 0 { running.leaders.insert(process) }
            return failure
          }
        }
      }
      guard failure == ETXTBSY else { break }
      usleep(5_000)
    }
    guard failure == 0 else {
      throw LaunchError(
        description: "\(executable) cannot be started in \(workingDirectory): \(String(cString: strerror(failure)))")
    }
    return process
  }

  private func mergedEnvironment() -> [String] {
    var variables: [String] = []
    var entry = environ
    while let text = entry.pointee {
      let variable = String(cString: text)
      let name = String(variable.prefix { $0 != "=" })
      if !environment.keys.contains(name) { variables.append(variable) }
      entry += 1
    }
    return variables + environment.compactMap { name, value in value.map { "\(name)=\($0)" } }.sorted()
  }

  /// The strings as the system wants them: an array of pointers with a null at its end, for the time of the call.
  private func withCStrings<Value>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    let pointers = strings.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    return body(pointers + [nil])
  }
}

// MARK: - Output

/// A pipe that a program writes into, and what came out of it.
private final class OutputPipe {
  /// What is kept of a program's output, in bytes: what comes after it is read and dropped.
  private static let limit = 16 << 20
  let readEnd: Int32
  private(set) var writeEnd: Int32
  /// False once every writer has closed it.
  private(set) var isOpen = true
  private(set) var bytes: [UInt8] = []

  init() throws(Subprocess.LaunchError) {
    var ends: [Int32] = [-1, -1]
    let failure = straggler_pipe_open(&ends)
    guard failure == 0 else {
      throw Subprocess.LaunchError(description: "no pipe for a program's output: \(String(cString: strerror(failure)))")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(readEnd)
    closeWriteEnd()
  }

  func closeWriteEnd() {
    guard writeEnd >= 0 else { return }
    close(writeEnd)
    writeEnd = -1
  }

  /// Takes what is there now; at most what a pipe holds, so that a tireless writer keeps nobody here.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var count: Int
    repeat {
      count = read(readEnd, &buffer, buffer.count)
    } while count < 0 && errno == EINTR
    isOpen = count > 0 || (count < 0 && errno == EAGAIN)
    if count > 0 { bytes += buffer[..<min(count, Self.limit - bytes.count)] }
  }
}

// MARK: - Ending

extension Subprocess {
  /// The programs that are being run by this process.
  private struct Running {
    var leaders: Set<pid_t> = []
    /// No other one may be started.
    var isOver = false
  }
  private static let running = Mutex(Running())

  /// Ends every program that is being run, with what it started, and lets none be started from now on: for a process that is itself
  /// told to end.
  public static func endAll() {
    running.withLock { running in
      running.isOver = true
      running.leaders.forEach { Session(leader: $0).end() }
    }
  }
}

/// A program and everything it started, as far as that did not begin a session of its own.
private struct Session {
  var leader: pid_t

  /// Ends all of it. The leader stays a zombie until it is reaped, so its number is nobody else's meanwhile.
  func end() {
    // Twice: a process may have been started while the list was read.
    for _ in 0..<2 {
      for process in members() { kill(process, SIGKILL) }
    }
    kill(leader, SIGKILL)
  }

  private func members() -> [pid_t] {
    guard let folder = opendir("/proc") else { return [leader] }
    defer { closedir(folder) }
    var members: [pid_t] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let process = pid_t(name), getsid(process) == leader { members.append(process) }
    }
    return members
  }
}
