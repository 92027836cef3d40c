// What threads without a name are called by.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct ThreadRoutineTests {
  /// The message of a thread that was started by `routine` and stands in these frames, innermost first.
  private func message(routine: String?, _ frames: [Frame], name: String? = nil, complete: Bool = true) -> String? {
    let started = thread(2, name) {
      $0.startRoutine = 0x500
      $0.stop?.stack?.reachesBase = complete
    }
    var resolver = FakeResolver(stacks: [0xD002: frames])
    resolver.functions[0x500] = routine
    return report(sampleProcess([exitingThread(), started]), .exited(status: 0), resolver).only(.abandonedThread)?
      .message
  }

  private let pause = libraryFrame(0x10, "pause")
  private let library = libraryFrame(0x30, "execute_native_thread_routine", module: "/usr/lib/libstdc++.so.6")
  private let start = libraryFrame(0x40, "start_thread")

  private func wrapper(_ callable: String) -> Frame {
    Frame(
      function: "std::thread::_State_impl<std::thread::_Invoker<std::tuple<\(callable)> > >::_M_run()",
      mangledFunction: "_ZNSt6thread11_State_impl", module: "/path/app", address: 0x28)
  }

  @Test func aThreadIsCalledByItsOwnRoutine() {
    #expect(
      message(routine: "writer", [pause, programFrame(0x20, "append"), programFrame(0x24, "run"), start])
        == "thread 2 (writer) was abandoned, holding nothing")
  }

  @Test(arguments: [nil, "execute_native_thread_routine"]) func aLibrarysRoutineGivesWayToWhatItCalls(routine: String?)
  {
    let frames = [pause, programFrame(0x20, "append()"), programFrame(0x24, "main::{lambda()#1}::operator()() const")]
    #expect(
      message(routine: routine, frames + [wrapper("main::{lambda()#1}"), library, start])
        == "thread 2 (main::{lambda()#1}::operator()() const) was abandoned, holding nothing")
  }

  @Test(arguments: [
    ("main::{lambda()#1}", "main::{lambda()#1}"),
    ("Worker<int, char>, int", "Worker<int, char>"),
    ("main::{lambda(int, char)#2}, int", "main::{lambda(int, char)#2}"),
  ])
  func aClosureThatWasInlinedIsKnownByItsType(arguments: String, callable: String) {
    #expect(
      message(routine: "execute_native_thread_routine", [pause, wrapper(arguments), library, start])
        == "thread 2 (\(callable)) was abandoned, holding nothing")
  }

  @Test(arguments: ["void (*)(int), int", "void (Pool::*)(), Pool*"])
  func aPointerToAFunctionIsNoName(arguments: String) {
    #expect(
      message(routine: "execute_native_thread_routine", [pause, wrapper(arguments), library, start])
        == "thread 2 (execute_native_thread_routine) was abandoned, holding nothing")
  }

  @Test func anIdleWorkerOfALibraryKeepsItsRoutine() {
    #expect(
      message(routine: "_dispatch_worker_thread", [pause, libraryFrame(0x30, "_dispatch_worker_thread"), start])
        == "thread 2 (_dispatch_worker_thread) was abandoned, holding nothing")
  }

  /// Where the stack ends in code without unwind tables, its oldest frame is another one each time.
  @Test(arguments: ["S_mutex_release", "rktio_sleep"], [nil, "execute_native_thread_routine"])
  func aStackThatCouldNotBeFollowedToItsStartNamesNoRoutine(function: String, routine: String?) {
    #expect(
      message(routine: routine, [pause, programFrame(0x20, function)], complete: false)
        == "thread 2\(routine.map { " (\($0))" } ?? "") was abandoned, holding nothing")
  }

  @Test func rustsOwnFramesAreTheLibrarys() {
    let spawned = "<std::sys::thread::unix::Thread>::new::thread_start"
    let frames = [
      programFrame(0x20, "std::thread::park"), programFrame(0x22, "app::main::{{closure}}"),
      programFrame(0x24, "core::ops::function::FnOnce::call_once"), programFrame(0x25, "__rust_try"),
      programFrame(0x26, spawned),
    ]
    #expect(message(routine: spawned, frames) == "thread 2 (app::main::{{closure}}) was abandoned, holding nothing")
  }

  @Test func aNameComesBeforeAll() {
    #expect(
      message(routine: "writer", [pause, programFrame(0x20, "writer")], name: "poller")
        == "thread \"poller\" was abandoned, holding nothing")
  }

  @Test func aThreadOfWhichNothingIsKnownHasItsNumber() {
    #expect(message(routine: nil, [pause, start]) == "thread 2 was abandoned, holding nothing")
  }
}
