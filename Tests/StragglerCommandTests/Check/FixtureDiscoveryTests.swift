// Which files `straggler check` takes for programs.

import Testing

@testable import straggler

@Suite("Finding fixture programs")
struct FixtureDiscoveryTests {
  @Test("A folder is searched for sources and executables, in the order of their names")
  func folder() throws {
    let folder = try TemporaryFolder([
      "b.c": "", "a.swift": "", "sub/deep/c.py": "", "sub/d.cpp": "", "run": "#!/bin/sh\n", "e.sh": "",
    ])
    let found = try FixtureDiscovery.programs(at: [folder.path])
    #expect(
      found.map { $0.dropFirst(folder.path.count + 1) }
        == ["a.swift", "b.c", "e.sh", "run", "sub/d.cpp", "sub/deep/c.py"])
  }

  @Test("What is shared, hidden, built or only read is no program")
  func noPrograms() throws {
    let folder = try TemporaryFolder([
      "program.c": "", "Support/pool.c": "", "sub/Support/deep/pool.c": "", "pool.h": "", "README.md": "", "data": "",
      ".hidden.c": "", ".hidden/x.c": "", "__pycache__/x.py": "", "built.o": "",
    ])
    try #expect(FixtureDiscovery.programs(at: [folder.path]) == [folder.path + "/program.c"])
  }

  @Test("A file that is named is taken as it is, and nothing twice")
  func named() throws {
    let folder = try TemporaryFolder(["Support/pool.c": "", "a.c": ""])
    let pool = folder.path + "/Support/pool.c"
    #expect(try FixtureDiscovery.programs(at: [pool, folder.path, pool]) == [pool, folder.path + "/a.c"])
  }

  @Test("A path with nothing in it is an error that names it")
  func nothing() throws {
    let folder = try TemporaryFolder(["note.txt": ""])
    for path in [folder.path, folder.path + "/missing"] {
      let error = #expect(throws: FixtureDiscovery.PathError.self) { try FixtureDiscovery.programs(at: [path]) }
      #expect(error?.description.hasPrefix(path) == true)
    }
  }
}
