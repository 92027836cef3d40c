// The preload library as a file: what it needs, and what it defines for the whole program.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite struct LibraryTests {
  /// The lines that a tool prints of the library.
  private func lines(_ tool: String, _ options: String...) throws -> [Substring] {
    let result = try Subprocess(
      "/usr/bin/env", [tool] + options + [Recorder.library], workingDirectory: TestFolder.path, timeLimit: .seconds(20)
    ).run()
    #expect(result.end == .status(0))
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n")
  }

  /// Not its loader, which musl has not.
  @Test func itNeedsLibcOnly() throws {
    let needed = try lines("readelf", "--dynamic", "--wide").filter { $0.contains("(NEEDED)") }
      .compactMap { $0.split { "[]".contains($0) }.last.map(String.init) }
    #expect(needed == ["libc.so.6"])
  }

  /// A program that an observed one starts may be musl's, whose loader ends it where a symbol is missing that is not weak. `make real`
  /// runs one.
  @Test func whatItNeedsOfLibcMuslHasToo() throws {
    let symbols = try lines("nm", "--dynamic", "--undefined-only").map { $0.split(separator: " ") }
    let strong = symbols.filter { $0.first == "U" }.compactMap { $0.last?.prefix { $0 != "@" } }.map(String.init)
    let ofMusl: Set = [
      "__errno_location", "__stack_chk_fail", "bcmp", "dirfd", "dl_iterate_phdr", "dladdr", "dlsym", "environ",
      "getauxval", "memcmp",
      "memcpy", "memmove", "memset", "pthread_attr_destroy", "pthread_attr_getdetachstate", "pthread_attr_getstack",
      "pthread_attr_getstacksize", "pthread_getattr_default_np", "pthread_key_create", "pthread_self",
      "pthread_setspecific",
      "sem_getvalue", "stderr", "stdin", "stdout", "strcat", "strchr", "strcmp", "strcpy", "strcspn", "strlen",
      "strncmp", "strnlen", "strrchr",
      "strspn", "strstr",
    ]
    let inlinedInRelease: Set = ["__cmsg_nxthdr", "gnu_dev_major", "gnu_dev_minor"]
    #expect(!strong.isEmpty && Set(strong).subtracting(ofMusl).subtracting(inlinedInRelease) == [])
  }

  @Test func itDefinesWhatItInterposesAndItsAnnotationsAndNothingElse() throws {
    let symbols = try lines("nm", "--dynamic", "--defined-only").map { $0.split(separator: " ") }
    // Those of a small letter are local ones, which only serve relocations.
    let global = symbols.filter { $0.count == 3 && $0[1].allSatisfy(\.isUppercase) }
    let defined = global.map { String($0[2].prefix { $0 != "@" }) }
    // glibc has an older pair of these, which is not ours to take over.
    let versioned = global.map { $0[2] }.filter { $0.contains("@") }
    #expect(Set(versioned) == ["pthread_cond_wait@@GLIBC_2.3.2", "pthread_cond_timedwait@@GLIBC_2.3.2"])
    let interposed = try Recorder.names(in: "CStragglerInterpose/originals.h", /(?m)^ +F\([^,]+, (\w+),/)
    let annotations = try Recorder.names(
      in: "CStragglerRecorder/include/straggler.h", /(?m)^[^\/]*\b(straggler_record_\w+)\(/)
    #expect(interposed.count > 50 && annotations.count > 5)
    // vfork's original is a system call; the variadic ones pass their arguments on to others of the list.
    let others: Set = [
      "vfork", "fprintf", "__fprintf_chk", "printf", "__printf_chk", "vprintf", "__vprintf_chk", "dprintf",
      "__dprintf_chk", "fwprintf", "__fwprintf_chk", "wprintf", "__wprintf_chk", "vwprintf",
      "__vwprintf_chk", "execl", "execle", "execlp",
      // An AddressSanitizer library's question.
      "__asan_default_options",
    ]
    let linkers: Set = ["__bss_start", "_edata", "_end", "GLIBC_2.3.2"]
    #expect(Set(defined).subtracting(linkers) == interposed.union(annotations).union(others))
  }

  /// The loader keeps little room for the thread-local storage of libraries that are preloaded.
  @Test func itsThreadLocalStorageIsTwoWordsAtMost() throws {
    let segments = try lines("readelf", "--program-headers", "--wide").filter { $0.contains(" TLS ") }
    for segment in segments {
      let fields = segment.split(separator: " ")
      let size = try #require(fields.count > 5 ? Int(fields[5].dropFirst(2), radix: 16) : nil)
      #expect(size <= 16)
    }
  }

  @Test func itsStackIsNotExecutable() throws {
    let stack = try #require(try lines("readelf", "--program-headers", "--wide").first { $0.contains("GNU_STACK") })
    #expect(stack.contains(" RW ") && !stack.contains("RWE"))
  }
}

extension Recorder {
  /// What a pattern's group finds in one of the recorder's sources.
  fileprivate static func names(in file: String, _ pattern: Regex<(Substring, Substring)>) throws -> Set<String> {
    let text = try String(contentsOfFile: "\(package)/Sources/\(file)", encoding: .utf8)
    return Set(text.matches(of: pattern).map { String($0.1) })
  }
}
