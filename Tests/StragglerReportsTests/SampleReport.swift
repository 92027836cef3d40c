// A report made from fixed values, for the goldens.

import StragglerAnalysis
import StragglerModel

let journalSource = [
  "final class Journal {", "  private let lock = Lock(name: \"journal\")", "", "  func append(_ record: Record) {",
  "    lock.lock()", "    file.write(record.bytes)", "    lock.unlock()", "  }", "}",
]

func own(
  _ function: String, _ line: Int, _ column: Int? = nil, file: String = "/src/app/Journal.swift", inferred: Bool = false
) -> Frame {
  Frame(
    function: function, file: file, line: line, column: column, module: "/build/app",
    address: 0x55ce_9ba3_d000 + UInt64(line), moduleOffset: 0xd000 + UInt64(line), inferred: inferred)
}

func library(_ function: String?, module: String = "/lib/x86_64-linux-gnu/libc.so.6") -> Frame {
  Frame(function: function, module: module, address: 0x7f3c_76d0_1000, moduleOffset: 0x1000)
}

let mainName = ThreadName(number: 1, id: 4711, name: "main")
let writerName = ThreadName(number: 3, id: 4713, name: "writer")

func sampleThread(_ name: ThreadName = writerName, declared: Bool = true, state: ThreadState = .abandoned)
  -> ReportedThread
{
  ReportedThread(identity: name, daemon: name != mainName, declared: declared, state: state)
}

let start = [library("start_thread"), library("clone3")]

func lockFinding() -> Finding {
  Finding(
    rule: .abandonedLock, level: .error, fingerprint: "9f2c51e07a3b4d18",
    message: "daemon thread \"writer\" was abandoned holding lock \"journal\"", thread: sampleThread(),
    resource: ReportedResource(kind: .mutex, mode: .exclusive, name: "journal", address: 0x7f3c_76df_ed40),
    acquired: Stack(
      complete: true, frames: [own("Journal.append(_:)", 5, 10), own("Writer.run()", 40, 7, inferred: true)] + start),
    created: Stack(complete: true, frames: [own("main", 12, 3, file: "/src/app/main.swift")]),
    stopped: Stack(
      complete: true,
      frames: [library("__libc_write"), own("Journal.append(_:)", 6, 10), own("Writer.run()", 40, 7)] + start),
    waitingFor: nil, waiters: [mainName], similar: [])
}

/// The exit waits for the writer's lock, and the writer for the exiting thread's end.
func circleFinding() -> Finding {
  var finding = lockFinding()
  finding.rule = .deadlockedExit
  finding.message = "exit is deadlocked"
  finding.thread = sampleThread(mainName, declared: false, state: .exiting)
  finding.resource?.name = "b"
  finding.waiters = []
  finding.circle = [
    ReportedLink(
      thread: mainName, waitingFor: ReportedWait(kind: .mutex, name: "b", address: 1, holders: [writerName]),
      stopped: Stack(complete: false, frames: [library("pthread_mutex_lock"), own("stop()", 5, 10)]),
      acquired: Stack(complete: false, frames: [own("Writer.run()", 40, 7)])),
    ReportedLink(
      thread: writerName, waitingFor: ReportedWait(kind: .join, name: nil, address: nil, holders: [mainName]),
      stopped: nil, acquired: nil),
  ]
  return finding
}

func noteFinding() -> Finding {
  Finding(
    rule: .abandonedThread, level: .note, fingerprint: "0000000000000001",
    message: "thread 4 (poll_events) was abandoned, holding nothing",
    thread: sampleThread(ThreadName(number: 4, id: 4714, name: nil), declared: false),
    created: Stack(complete: true, frames: [own("start_pool", 31, file: "/src/app/pool.c")]),
    stopped: Stack(
      complete: true, frames: [library("epoll_wait"), own("poll_events", 12, 5, file: "/src/app/pool.c")] + start),
    similar: [ThreadName(number: 5, id: 4715, name: nil), ThreadName(number: 6, id: 4716, name: "idle")])
}

func sampleExit(_ kind: ReportedExit.Kind = .return, status: Int32? = 0, signal: Int32? = nil) -> ReportedExit {
  ReportedExit(kind: kind, status: status, signal: signal, phase: .frozen)
}

func sampleReport(_ findings: [Finding] = [lockFinding(), noteFinding()], exit: ReportedExit = sampleExit()) -> Report {
  Report(
    process: ReportedProcess(pid: 4711, executable: "/build/app", arguments: ["app", "--fast"], exit: exit),
    findings: findings,
    threads: [
      ListedThread(thread: sampleThread(mainName, declared: false, state: .exiting), holds: 0),
      ListedThread(thread: sampleThread(), holds: 1),
    ])
}

/// Where `lockFinding` happened, as text.
let lockFindingPlaces = """
    locked at Journal.swift:5:10 in Journal.append(_:)
      4 |   func append(_ record: Record) {
      5 |     lock.lock()
        |          ^ locked here
        called by Writer.run() at Journal.swift:40:7 (inferred)
    cut off at Journal.swift:6:10 in Journal.append(_:), inside write
      5 |     lock.lock()
      6 |     file.write(record.bytes)
        |          ^ cut off here
        called by Writer.run() at Journal.swift:40:7
    thread created at main.swift:12:3 in main
    waited for by: main thread
  """
