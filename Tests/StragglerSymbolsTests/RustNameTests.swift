// Rust's linker names, old and new, and files that say what they were built with.

import Foundation
import StragglerModel
import Testing

@testable import StragglerSymbols

@Suite struct RustNameTests {
  /// What binutils' c++filt makes of the same names, without hashes.
  @Test(arguments: [
    ("_RNvNtNtCsjrHSEGnQ3l9_3std6thread9functions4park", "std::thread::functions::park"),
    (
      "_RNvNvMs0_NtNtNtCsjrHSEGnQ3l9_3std3sys6thread4unixNtB7_6Thread3new12thread_start",
      "<std::sys::thread::unix::Thread>::new::thread_start"
    ),
    ("_RNCNvCs4fqI2P2rA04_3app4main0", "app::main::{closure#0}"),
    ("_RNCNCNvCs1_3app4mains_00", "app::main::{closure#1}::{closure#0}"),
    ("_RINvCs4fqI2P2rA04_3app4readReE", "app::read::<&str>"),
    ("_RNvMCs4fqI2P2rA04_3appINtB2_5StackTlhEE4push", "<app::Stack::<(i32, u8)>>::push"),
    ("_RNvXs_Cs4fqI2P2rA04_3appNtB4_4ItemNtNtCs1_4core3fmt5Debug3fmt", "<app::Item as core::fmt::Debug>::fmt"),
    ("_RINvCs4fqI2P2rA04_3app3fooKj5_E", "app::foo::<5>"),
    ("_RINvCs1_3app3runFUKClEuE", "app::run::<fn(i32)>"),
    ("_RINvCs1_3app3runDNtCs1_4core4Sendp4Itemjp1AmEL_E", "app::run::<dyn core::Send>"),
    ("_RNvNtNtCsjrHSEGnQ3l9_3std6thread9functions4park.llvm.123", "std::thread::functions::park"),
  ])
  func theNewerNamesAreReadable(name: String, readable: String) {
    #expect(Demangling.readable(name) == readable)
  }

  @Test(arguments: ["_R", "_Rust_main", "_RNvC", "_RNvCs_999app", "_RB_", "_RMBB_", "_RNvC3appu"])
  func damagedNamesStayAsTheyAre(name: String) {
    #expect(Demangling.readable(name) == name)
  }

  @Test func aNameThatGrowsWithoutBoundIsGivenUp() {
    // Each tuple holds the one before it twice.
    let name = "_RINvC1a1b" + (0..<40).map { _ in "TB_B_" }.joined() + String(repeating: "E", count: 41)
    #expect(Demangling.readable(name).utf8.count < 4_000)
  }

  @Test(arguments: [
    ("_ZN2rs4main17h6af98f44df74ee35E", "rs::main"),
    ("_ZN2rs4main28_$u7b$$u7b$closure$u7d$$u7d$17h5385262120b39acfE", "rs::main::{{closure}}"),
    ("_ZN41_$LT$app..Item$u20$as$u20$core..Debug$GT$3fmt17h0123456789abcdefE", "<app::Item as core::Debug>::fmt"),
  ])
  func theOlderNamesAreReadable(name: String, readable: String) {
    #expect(Demangling.readable(name) == readable)
  }

  @Test func namesOfCxxAreTakenForNone() {
    #expect(Demangling.readable("_ZN7Journal6appendEi") == "Journal::append(int)")
    #expect(LegacyRustName.readable("a::h0123456789abcdeg") == nil)
    #expect(LegacyRustName.readable("h0123456789abcdef") == nil)
  }

  // MARK: Runtimes

  private func runtimes(_ assembly: String) throws -> Set<LinkedRuntime> {
    let source = """
      // C
      #include "probe.h"
      __asm__("\(assembly)");
      int main(void) { probe_modules(); return 0; }
      """
    let program = try ObservedProgram(source, "gcc program.c probe.o -o program", after: "strip program")
    defer { program.remove() }
    return Symbolizer(modules: program.modules).runtimes()
  }

  @Test func aStrippedFileStillSaysThatItHasPartsInRust() throws {
    let comment = #".section .comment\n.string \"rustc version 1.95.0\"\n.text"#
    #expect(try runtimes(comment) == [.rust])
  }

  @Test func aStrippedFileStillSaysThatItHasPartsInGo() throws {
    #expect(try runtimes(#".section .go.buildinfo, \"a\"\n.quad 0\n.text"#) == [.go])
  }

  @Test func aProgramInCHasNoOther() throws {
    #expect(try runtimes(".text").isEmpty)
  }
}
