// Functions of Swift and C++ programs: demangled, short, with closures, generics and what was inlined.

import StragglerModel
import Testing

@testable import StragglerSymbols

private let journalProgram = """
  // Swift
  final class Journal {
    nonisolated(unsafe) static var shared = Journal()
    var entries = [1, 2]
    @inline(never) func append(_ value: Int) {
      entries.append(value)
      probe_place("method")  // in append
    }
    @inline(never) func visit<Element>(_ element: Element, _ body: (Element) -> Void) {
      body(element)
      probe_place("generic")  // in visit
    }
    @inline(__always) func locked(_ name: String) {
      probe_place(name)  // in locked
      entries.append(1)
    }
    @inline(never) func flush() {
      locked("inlined")  // in flush
    }
  }
  nonisolated(unsafe) var counter = 0
  struct Outer {
    enum Inner { nonisolated(unsafe) static var state = 3 }
  }

  Journal.shared.append(3)
  Journal.shared.visit("x") { (text: String) in
    counter += text.count
    probe_place("closure")  // in closure
    counter += 1
  }
  Journal.shared.flush()
  withUnsafePointer(to: &counter) { probe_object("counter", $0) }
  withUnsafePointer(to: &Outer.Inner.state) { probe_object("state", $0) }
  probe_modules()
  """

@Suite struct SwiftFunctionTests {
  private func frames(_ program: ObservedProgram, _ place: String) throws -> [Frame] {
    let frame = try #require(program.frame(at: place))
    return Symbolizer(modules: program.modules).stacks([UnwoundStack(frames: [frame], complete: true)])[0].frames
  }

  @Test(arguments: ["-Onone", "-O"])
  func `Swift functions have their short names, with argument labels`(optimization: String) throws {
    let program = try ObservedProgram(
      journalProgram,
      "swiftc -g \(optimization) -module-name app -import-objc-header probe.h main.swift probe.o -o program")
    defer { program.remove() }
    for (place, comment, function) in [
      ("method", "// in append", "Journal.append(_:)"), ("closure", "// in closure", "closure #1"),
    ] {
      let frame = try #require(try frames(program, place).first { $0.line == program.line(of: comment) })
      #expect(frame.function == function)
      #expect(frame.file == program.sourceFile)
    }
    let generic = try #require(try frames(program, "generic").last)
    #expect(generic.function?.contains("Journal.visit<A>(_:_:)") == true)
    #expect(generic.line == program.line(of: "// in visit"))
    #expect(generic.mangledFunction?.hasPrefix("$s3app7JournalC5visit") == true)
  }

  @Test func `what Swift inlined is a frame of its own`() throws {
    let program = try ObservedProgram(
      journalProgram, "swiftc -g -O -module-name app -import-objc-header probe.h main.swift probe.o -o program")
    defer { program.remove() }
    let inlined = try frames(program, "inlined")
    #expect(inlined.map(\.function).suffix(2) == ["Journal.locked(_:)", "Journal.flush()"])
    #expect(inlined.last?.inlined == false && inlined.dropLast().allSatisfy(\.inlined))
    #expect(inlined.last?.line == program.line(of: "// in flush"))
  }

  @Test func `Swift globals have their names without module and type`() throws {
    let program = try ObservedProgram(
      journalProgram, "swiftc -g -Onone -module-name app -import-objc-header probe.h main.swift probe.o -o program")
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    let counter = try #require(program.objects["counter"])
    let state = try #require(program.objects["state"])
    #expect(symbolizer.dataSymbol(containing: counter) == "counter")
    #expect(symbolizer.dataSymbol(containing: state) == "static Outer.Inner.state")
    #expect(symbolizer.dataSymbol(containing: counter + 4) == "counter+0x4")
  }
}

private let accountProgram = """
  // C++
  #include "probe.h"
  #include <mutex>
  namespace bank {
    static std::mutex vault;
    struct Account {
      std::mutex mutex;
      template <class Money> __attribute__((noinline)) void pay(Money amount) {
        std::lock_guard<std::mutex> lock(mutex);
        probe_place("template");  // in pay
        __asm__ volatile("");
      }
    };
    static Account main_account;
  }
  int main() {
    bank::main_account.pay(3);
    [&] {
      static std::mutex once;
      std::lock_guard<std::mutex> lock(bank::vault);
      probe_object("once", &once);
    }();
    probe_object("vault", &bank::vault);
    probe_object("inside", (char *)&bank::main_account + 8);
    probe_modules();
  }
  """

@Suite struct CPlusPlusFunctionTests {
  @Test(arguments: ["g++ -g -O0", "g++ -g -O2", "clang++ -g -O2"])
  func `C++ functions and objects are demangled`(compiler: String) throws {
    let program = try ObservedProgram(accountProgram, "\(compiler) program.cpp probe.o -o program")
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    let frame = try #require(program.frame(at: "template"))
    let frames = symbolizer.stacks([UnwoundStack(frames: [frame], complete: true)])[0].frames
    let pay = try #require(frames.first)
    #expect(pay.function == "void bank::Account::pay<int>(int)")
    // gcc appends what it did to a function: ".isra.0".
    #expect(pay.mangledFunction?.hasPrefix("_ZN4bank7Account3payIiEEvT_") == true)
    #expect(pay.line == program.line(of: "// in pay"))
    let vault = try #require(program.objects["vault"])
    #expect(symbolizer.dataSymbol(containing: vault) == "bank::vault")
    let inside = try #require(program.objects["inside"])
    #expect(symbolizer.dataSymbol(containing: inside) == "bank::main_account+0x8")
    let once = try #require(program.objects["once"])
    #expect(symbolizer.dataSymbol(containing: once)?.hasSuffix("::once") == true)
  }
}
