// Which frames are the program's own, and what is cut off a stack.

@testable import StragglerAnalysis
import StragglerModel
import Testing

@Suite struct FrameTests {
  private func frame(_ module: String?, _ symbol: String) -> Frame {
    Frame(function: symbol, mangledFunction: symbol, module: module, address: 1)
  }

  @Test(arguments: [
    ("/path/app", "main"), ("/path/libjournal.so", "append"), ("/path/app", "$s3app7JournalC6appendyyF"),
  ])
  func theProgramsFramesAreItsOwn(module: String, symbol: String) {
    #expect(frame(module, symbol).isProgramOwn)
  }

  @Test(arguments: [
    ("/lib/x86_64-linux-gnu/libc.so.6", "write"), ("/lib64/ld-linux-x86-64.so.2", "_start"),
    ("/usr/lib/swift/linux/libswiftCore.so", "$ss5printyyF"), ("/usr/lib/libstdc++.so.6", "execute_native_thread"),
    ("/usr/lib/swift/linux/libdispatch.so", "dispatch_main"), ("linux-vdso.so.1", "clock_gettime"),
    ("/path/app", "$sScTss5NeverORs"), ("/path/app", "_ZNSt5mutex4lockEv"), ("/path/app", "$s9Straggler5MutexV"),
    ("/path/app", "straggler_record_lock_acquired"), ("/path/libStragglerPreload.so", "open"),
    ("/path/app", "pthread_mutex_lock"), ("/path/app", "_start"),
    ("/usr/lib/libtsan.so.2", "pause"), ("/opt/lib/libclang_rt.asan-x86_64.so", "fopen"),
    ("/path/app", "___interceptor_fopen"), ("/path/app", "__tsan_thread_start_func"),
    ("/path/app", "_ZN11__sanitizer14internal_sleepEv"), ("/path/app", "_ZN6__asan10AsanThread6CreateEv"),
  ])
  func librariesRuntimesAndThisToolAreNot(module: String, symbol: String) {
    #expect(!frame(module, symbol).isProgramOwn)
  }

  @Test func theLinkedRecordersFunctionsAreToldByTheirSource() {
    var inner = frame("/path/app", "run_thread")
    #expect(inner.isProgramOwn)
    inner.file = "/checkouts/straggler/Sources/CStragglerInterpose/thread.c"
    #expect(!inner.isProgramOwn && inner.isRecorder)
  }

  @Test func aSanitizersFunctionsAreToldByTheirSource() {
    var inner = frame("/path/app", "operator()")
    inner.file = "/build/llvm-project/compiler-rt/lib/asan/asan_interceptors.cpp"
    #expect(!inner.isProgramOwn)
  }

  @Test func whatOnlySoundsLikeASanitizerIsTheProgramsOwn() {
    #expect(frame("/path/app", "sanitize").isProgramOwn)
    #expect(frame("/path/app", "_ZN9sanitizer3runEv").isProgramOwn)
    #expect(frame("/path/libasana.so", "write_asana").isProgramOwn)
  }

  @Test func aSanitizersWrappersAreCutOffBeforeTheFirstFrameOfAnother() {
    let stack = Stack(
      complete: true,
      frames: [
        frame("/path/app", "___interceptor_fopen"), frame("/path/app", "writer"),
        frame("/path/app", "__tsan_thread_start_func"),
      ])
    #expect(stack.trimmed().frames.compactMap(\.function) == ["writer", "__tsan_thread_start_func"])
  }

  @Test func anAddressInNoModuleIsNobodysOwn() {
    #expect(!frame(nil, "jit").isProgramOwn)
  }

  @Test func theToolsFramesAreCutOff() {
    let stack = Stack(
      complete: true,
      frames: [
        frame("/path/app", "$s9Straggler5MutexV8withLockyxF"), frame("/path/app", "update"),
        frame("/lib/libc.so.6", "read"), frame("/path/libStragglerPreload.so", "read"), frame("/path/app", "main"),
        frame("/path/app", "$s9Straggler6ThreadC3runyyF"),
      ])
    #expect(
      stack.trimmed().frames.compactMap(\.function) == ["update", "read", "main", "$s9Straggler6ThreadC3runyyF"])
  }

  @Test func aStackOfTheToolAloneIsNoStack() throws {
    let resolver = FakeResolver(stacks: [0xA000: [frame("/path/libStragglerPreload.so", "pthread_mutex_lock")]])
    let process = sampleProcess([exitingThread(), thread(2) { $0.holds = [hold(0x10)] }])
    let finding = try #require(report(process, .exited(status: 0), resolver).only(.abandonedLock))
    #expect(finding.acquired == nil)
  }
}
