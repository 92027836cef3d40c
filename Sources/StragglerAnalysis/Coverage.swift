// What could not be observed in a process, and why.

internal import StragglerModel

/// One thing that could not be observed.
struct BlindSpot {
  var line: String
  /// The same without saying which threads it is about; nil where it is about none in particular.
  var lineOfAnyThread: String?

  init(_ line: String) { self.line = line }

  init(of threads: [RecordedThread], _ sentence: (String) -> String) {
    line = sentence(list(threads))
    lineOfAnyThread = sentence(threads.count == 1 ? "a thread" : "several threads")
  }
}

/// The blind spots that this process really has.
func blindSpots(of facts: ProcessFacts, resolver: any StackResolving) -> [BlindSpot] {
  let process = facts.process
  var spots = spotsOfItsFiles(process, resolver: resolver).map { BlindSpot($0) }
  spots += waitsForUnknownWords(facts)
  spots += facts.holds.contested.map { contested($0, facts) }
  spots += spotsOfItsEnd(facts).map { BlindSpot($0) }
  if facts.exit.kind != .exec { spots += unstoppedThreads(facts) }
  spots += adoptedThreads(process.threads)
  return spots + spotsOfItsRecord(process).map { BlindSpot($0) }
}

/// What the program and its libraries do past libc.
private func spotsOfItsFiles(_ process: RecordedProcess, resolver: any StackResolving) -> [String] {
  let past = process.modules.filter(\.bypassesRecorder).map { module in
    "locks that \(lastComponent(module.path)) takes: its calls lead to libc past the recorder (RTLD_DEEPBIND, dlmopen)"
  }
  return modulesThatLockUnseen(process.modules) + past + runtimesThatLockUnseen(process, resolver: resolver)
}

private func spotsOfItsEnd(_ facts: ProcessFacts) -> [String] {
  var lines: [String] = []
  if let end = endBeforeTheStop(facts) {
    lines.append("where threads stood: \(end), before its threads could be stopped and copied")
  }
  if facts.exit.kind == .exec {
    lines.append("where threads stood: exec replaced them without stopping them first")
  }
  if facts.process.freezeIncomplete {
    lines.append(
      "some threads: they did not stop within the freeze's time limit, or /proc had no list of them; their state may have been "
        + "changing")
  }
  if hasUnknownBuffers(facts) {
    lines.append(
      "whether streams lost what was in their buffers: nobody could look into these before the process ended")
  }
  return lines
}

/// How the process ended where nobody could stop its threads first; nil where it was different. Who sent a signal is not known:
/// a process may well send it to itself.
private func endBeforeTheStop(_ facts: ProcessFacts) -> String? {
  let unseen = "the process ended in a way that the recorder does not see"
  switch facts.exit.kind {
  case .abort, .signal: return "a signal ended the process"
  case .killed: return facts.exit.signal == nil ? unseen : "a signal ended the process"
  case .return, .underscore, .quick:
    // By a raw system call. Of a single thread it is known where it was.
    let hasOthers = facts.process.threads.count { $0.isLiving && !$0.ofParent } > 1
    return facts.exit.phase < .frozen && hasOthers ? unseen : nil
  case .exec, .stalled, .running: return nil
  }
}

/// Of a process that was killed, or that confined itself: whose end writes nothing of what its streams have buffered.
private func hasUnknownBuffers(_ facts: ProcessFacts) -> Bool {
  let looked = !facts.process.confined && (facts.process.exit.phase == .frozen || facts.exit.kind == .exec)
  guard !looked, !facts.exit.kind.flushesStreams else { return false }
  return facts.process.files.contains { $0.stream != nil && $0.writable && $0.unflushedBytes == nil }
}

private func adoptedThreads(_ threads: [RecordedThread]) -> [BlindSpot] {
  let adopted = threads.filter { $0.adopted && $0.isLiving }
  guard !adopted.isEmpty else { return [] }
  return [BlindSpot(of: adopted) { "what \($0) took before it was first seen: it was not seen being created" }]
}

private func spotsOfItsRecord(_ process: RecordedProcess) -> [String] {
  var lines: [String] = []
  if process.confined {
    lines.append(
      "processes forked by a confined program: under its seccomp filter nobody knows what a recorder may ask for")
  }
  if process.standalone {
    lines.append("death by a signal: no command line held the record, a killed process would have left no report")
  }
  lines += childrenWithoutRecord(process.children.unrecorded)
  lines += childrenForgotten(process.children)
  return lines + lossLines(process.losses)
}

/// Locks that take a free word by an atomic instruction, without a call to libc: they show only while somebody waits.
private func modulesThatLockUnseen(_ modules: [Module]) -> [String] {
  guard modules.contains(where: { isPythonWithOwnLocks(lastComponent($0.path)) }) else { return [] }
  return ["threading.Lock and RLock of CPython 3.13 and later: uncontended use makes no library call"]
}

/// Runtimes whose locks are inlined or linked into the program: told by the files, and where nobody reads these by the loaded
/// libraries, which may be there for something else, and by what threads begin with, Go's `threadentry` (runtime/cgo).
private func runtimesThatLockUnseen(_ process: RecordedProcess, resolver: any StackResolving) -> [String] {
  let loaded: Set<LinkedRuntime> = process.modules.contains(where: \.isSwiftSynchronization) ? [.swiftMutex] : []
  var runtimes = resolver.runtimes() ?? loaded
  for routine in Set(process.threads.compactMap(\.startRoutine)).compactMap(resolver.functionName(at:)) {
    if isThreadStartOfRust(routine) { runtimes.insert(.rust) }
    if routine == "threadentry" || routine.hasPrefix("runtime.") { runtimes.insert(.go) }
  }
  return runtimes.sorted().map { runtime in
    switch runtime {
    case .rust: "std::sync of Rust's standard library: uncontended use makes no library call"
    case .go: "goroutines and Go's sync.Mutex: they are no threads and no locks of libc's"
    case .swiftMutex: "Synchronization.Mutex: uncontended use makes no library call"
    }
  }
}

private func isThreadStartOfRust(_ function: String) -> Bool {
  function.contains("thread_start") && ["std::sys", "3std3sys", "std3sys"].contains(where: function.contains)
}

/// A thread that waits for a word of no known object may use locks that nobody sees: there may be more of them, held. It may as well
/// wait for work, as libc's own threads do, or for a message: what the word means is not known.
private func waitsForUnknownWords(_ facts: ProcessFacts) -> [BlindSpot] {
  let waiting = facts.process.threads.filter { thread in
    guard let wait = facts.waits[thread.number], wait.kind == .futex else { return false }
    return facts.holds.at(wait.address ?? 0).isEmpty
  }
  let libc = facts.process.modules.filter { isPartOfLibc(lastComponent($0.path)) }
  func isInLibc(_ thread: RecordedThread) -> Bool {
    let word = facts.waits[thread.number]?.address
    return word.map { word in libc.contains { $0.range.contains(word) } } ?? false
  }
  let kinds: [(threads: [RecordedThread], of: String)] = [
    (waiting.filter { !isInLibc($0) }, "a futex of a library, perhaps of a lock that makes no library call"),
    (waiting.filter(isInLibc), "a futex of libc's own, perhaps of a lock"),
  ]
  return kinds.filter { !$0.threads.isEmpty }.map { threads, object in
    BlindSpot(of: threads) { "what \($0) waited for: \(object)" }
  }
}

private func contested(_ claims: [BelievedHold], _ facts: ProcessFacts) -> BlindSpot {
  let what = claims[0].kind == .spinLock ? "a spin lock" : "the read side of a read-write lock"
  return BlindSpot(of: claims.compactMap { facts.thread($0.thread) }) {
    "which of \($0) has \(what): it does not say, and more were seen taking it than can have it"
  }
}

private func isPartOfLibc(_ file: String) -> Bool { file.hasPrefix("libc.so") || file.hasPrefix("ld-linux") }

/// `libpython3.13.so.1.0`, `python3.14`.
private func isPythonWithOwnLocks(_ file: String) -> Bool {
  let bare = file.hasPrefix("lib") ? file.dropFirst(3) : file[...]
  guard bare.hasPrefix("python3.") else { return false }
  let minor = bare.dropFirst("python3.".count).prefix { ("0"..."9").contains($0) }
  return Int(minor).map { $0 >= 13 } ?? false
}

private func unstoppedThreads(_ facts: ProcessFacts) -> [BlindSpot] {
  let process = facts.process
  let unstopped = process.threads.filter { $0.isLiving && $0.stop?.outcome == .unfrozen }
  // The recorder's signal stops threads, but for those of a process that has confined itself or did not come to its end.
  let isFromOutside = process.confined || (facts.exit.kind == .stalled && !process.standalone)
  return isFromOutside ? unstopped.map(unstoppedFromOutside) : unstoppedFromWithin(unstopped)
}

private func unstoppedFromOutside(_ thread: RecordedThread) -> BlindSpot {
  BlindSpot(of: [thread]) {
    "where \($0) stood: ptrace(2) could not stop it: it is not allowed here, or the thread sleeps in the kernel"
  }
}

private func unstoppedFromWithin(_ unstopped: [RecordedThread]) -> [BlindSpot] {
  unstopped.map { thread in
    var spot = BlindSpot(of: [thread]) {
      "where \($0) stood: it could not be stopped (it blocks every signal, has hardly any stack left, or waits for a child of "
        + "vfork)"
    }
    if unstopped.count > 1 {
      spot.lineOfAnyThread =
        "where several threads stood: they could not be stopped (they block every signal, have hardly any stack left, or wait for a "
        + "child of vfork)"
    }
    return spot
  }
}

private func childrenWithoutRecord(_ count: Int) -> [String] {
  guard count > 0 else { return [] }
  let processes = count == 1 ? "1 child process" : "\(count) child processes"
  return ["\(processes): made by clone or a raw system call, or where the run's socket could not be reached"]
}

private func childrenForgotten(_ children: RecordedChildren) -> [String] {
  guard children.forgotten > 0 else { return [] }
  return [
    "whether a recorder attached to \(children.forgotten) of \(children.forgotten + children.spawned.count) programs that it "
      + "started by vfork or posix_spawn: only the last \(children.spawned.count) are looked for"
  ]
}

private func list(_ threads: [RecordedThread]) -> String {
  threads.map { thread in
    thread.identity.name.map { "thread \"\($0)\" (\(thread.number))" } ?? "thread \(thread.number)"
  }
  .joined(separator: ", ")
}

/// One line for each table of the recorder that was full.
private func lossLines(_ losses: RecordedLosses) -> [String] {
  let tables: [(count: Int, what: String)] = [
    (losses.threads, "threads"), (losses.holds, "held locks"), (losses.files, "open files"),
    (losses.sections, "critical sections"), (losses.names, "names of locks"), (losses.modules, "loaded libraries"),
    (losses.stacks, "stacks of stopped threads"),
  ]
  return tables.filter { $0.count > 0 }.map { "\($0.count) \($0.what): the recorder had no room for them" }
}
