// swift-tools-version: 6.2
import PackageDescription

/// Habits that every Swift target keeps: what it imports is what it says it imports.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Programs that share a folder and say themselves what must be found in them: one target for each (docs/fixtures.md).
func fixtures(in folder: String, _ names: [String], besides others: [String] = []) -> [Target] {
  names.map { name in
    .executableTarget(
      name: name, dependencies: ["Straggler"], path: folder,
      exclude: names.filter { $0 != name }.map { $0 + ".swift" } + others, sources: [name + ".swift"],
      swiftSettings: swiftSettings)
  }
}

let linkedPrograms = [
  "abandoned-locks", "abandoned-mutex", "abandoned-section", "abandoned-task", "abandoned-task-section", "async-main",
  "awaited-section", "finished-task", "joined-threads", "left-section", "main-leaves-by-pthread-exit", "nslock",
  "orphaned-lock", "released-mutex", "stalled-exit", "stopped-worker", "suppressed-by-itself", "user-thread-cut-off",
  "user-thread-finishes",
]

/// They build themselves, as programs that know nothing of the package.
let notLinkedPrograms = ["not-linked.swift", "not-linked-dispatch.swift", "not-linked-idle-pool.swift"]

let guide = [
  "daemon-and-user-thread", "daemon-flag-after-start", "daemon-holding-a-lock", "daemon-in-a-critical-section",
  "daemon-that-needs-cleanup", "daemon-with-cleanup", "daemon-writing-a-file", "joined-daemon", "monitored-daemon",
  "thread-that-stalls-the-exit",
]

let package = Package(
  name: "straggler",
  products: [
    .library(name: "Straggler", targets: ["Straggler"]),
    .library(name: "CStragglerInterpose", targets: ["CStragglerLinked"]),
    .library(name: "StragglerPreload", type: .dynamic, targets: ["StragglerPreload"]),
    .library(name: "StragglerTesting", targets: ["StragglerTesting"]),
    .executable(name: "straggler", targets: ["straggler"]),
    .plugin(name: "StragglerPlugin", targets: ["StragglerPlugin"]),
  ],
  dependencies: [
    // Options, help and errors of the command line, from one definition.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // In the observed process.
    .target(name: "CStragglerArena"),
    .target(name: "CStragglerRecorder", dependencies: ["CStragglerArena"]),
    .target(name: "CStragglerInterpose", dependencies: ["CStragglerRecorder", "CStragglerArena"]),
    .target(name: "CStragglerLinked", dependencies: ["CStragglerInterpose", "CStragglerArena"]),
    .target(
      name: "StragglerPreload",
      dependencies: ["CStragglerInterpose", "CStragglerArena"],
      exclude: ["preload.map"],
      // SwiftPM links a C product with swiftc: without these the preload library would need libswiftCore.so (and with
      // -static-stdlib libstdc++.so), in every program that it observes. An "Embedded" link adds nothing of Swift's. The flags
      // stand on a target that no other package can reach, so that nobody who depends on this one meets an unsafe flag.
      linkerSettings: [
        .unsafeFlags([
          "-nostartfiles", "-enable-experimental-feature", "Embedded",
          "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/StragglerPreload/preload.map",
        ]),
        // Tools that read the debug information of every library in the process may not know clang's: Debian 12's valgrind
        // gives the program up.
        .unsafeFlags(["-Xlinker", "--strip-debug"], .when(configuration: .release)),
      ]
    ),
    .target(name: "CStragglerThreads"),
    .target(name: "CStragglerLocks", dependencies: ["CStragglerRecorder", "CStragglerArena"]),
    .target(
      name: "Straggler",
      dependencies: [
        "CStragglerLinked", "CStragglerRecorder", "CStragglerArena", "CStragglerLocks", "CStragglerThreads",
        // For audits: pure, and nothing of libunwind's or libelf's comes with them.
        "StragglerAnalysis", "StragglerModel",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "StragglerTesting", dependencies: ["Straggler", "CStragglerRecorder"], swiftSettings: swiftSettings,
      plugins: ["RendererPlugin"]),
    .plugin(name: "RendererPlugin", capability: .buildTool, dependencies: ["straggler"]),

    // Afterwards, outside.
    .systemLibrary(name: "CLibunwind", pkgConfig: "libunwind", providers: [.apt(["libunwind-dev"])]),
    .systemLibrary(name: "CLibelf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
    .target(name: "CStragglerUnwind", dependencies: ["CLibunwind"], linkerSettings: [.linkedLibrary("unwind-x86_64")]),
    .target(name: "CStragglerSystem", dependencies: ["CStragglerArena"]),
    .target(name: "StragglerModel", dependencies: ["CStragglerArena"], swiftSettings: swiftSettings),
    .target(
      name: "StragglerStacks", dependencies: ["StragglerModel", "CStragglerUnwind"], swiftSettings: swiftSettings),
    .target(name: "StragglerSymbols", dependencies: ["StragglerModel", "CLibelf"], swiftSettings: swiftSettings),
    .target(name: "StragglerAnalysis", dependencies: ["StragglerModel"], swiftSettings: swiftSettings),
    .target(
      name: "StragglerReports", dependencies: ["StragglerAnalysis", "StragglerModel"], swiftSettings: swiftSettings),
    .target(
      name: "StragglerProcesses", dependencies: ["CStragglerSystem", "CStragglerArena", "StragglerModel"],
      swiftSettings: swiftSettings),
    .target(name: "StragglerFixtures", swiftSettings: swiftSettings),
    .executableTarget(
      name: "straggler",
      dependencies: [
        "CStragglerSystem", "StragglerAnalysis", "StragglerFixtures", "StragglerModel", "StragglerProcesses",
        "StragglerReports", "StragglerStacks", "StragglerSymbols",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/StragglerCommand",
      swiftSettings: swiftSettings),

    .plugin(
      name: "StragglerPlugin",
      capability: .command(
        intent: .custom(verb: "straggler", description: "Run the tests, report the threads that they abandon.")),
      dependencies: ["straggler"]),

    // Each room's tests, and what several of them need.
    .target(
      name: "TestSupport", dependencies: ["StragglerProcesses"], path: "Tests/TestSupport", swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "StragglerModelTests", dependencies: ["StragglerModel", "CStragglerArena", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerStacksTests", dependencies: ["StragglerStacks", "StragglerModel", "TestSupport"],
      // Programs that the tests compile themselves, each in several ways.
      exclude: ["Shapes"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerSymbolsTests", dependencies: ["StragglerSymbols", "StragglerModel", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerAnalysisTests", dependencies: ["StragglerAnalysis", "StragglerModel", "CStragglerArena"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerReportsTests",
      dependencies: ["StragglerReports", "StragglerAnalysis", "StragglerModel", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerProcessesTests",
      dependencies: ["StragglerProcesses", "StragglerModel", "CStragglerArena", "TestSupport"],
      exclude: ["Programs"], swiftSettings: swiftSettings),
    .testTarget(
      name: "RecorderTests", dependencies: ["StragglerProcesses", "StragglerModel", "CStragglerArena", "TestSupport"],
      // Programs that the tests compile themselves, alone, preloaded and linked.
      exclude: ["Programs"], swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerTestingTests", dependencies: ["StragglerTesting", "Straggler"], swiftSettings: swiftSettings),
    .testTarget(name: "StragglerFixturesTests", dependencies: ["StragglerFixtures"], swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerCommandTests",
      dependencies: [
        "straggler", "StragglerAnalysis", "StragglerModel", "StragglerProcesses", "StragglerReports", "TestSupport",
      ],
      exclude: ["Programs"], swiftSettings: swiftSettings),
    // The Swift half of docs/semantics.md; the Python half lies beside it.
    .executableTarget(
      name: "semantics", dependencies: ["Straggler"], path: "Tests/Semantics/Scenarios", swiftSettings: swiftSettings),
    .testTarget(
      name: "StragglerTests", dependencies: ["Straggler", "CStragglerArena", "CStragglerRecorder", "semantics"],
      swiftSettings: swiftSettings),
    // What is written about the module holds: its symbols, its pages, the code in them.
    .testTarget(
      name: "DocumentationTests", dependencies: ["Straggler", "StragglerProcesses"], swiftSettings: swiftSettings),

    // What the runtime costs; `make bench` runs it. No product: nobody who depends on this package builds it.
    .executableTarget(
      name: "runtime-benchmark", dependencies: ["Straggler"], path: "Benchmarks/Runtime", swiftSettings: swiftSettings),
  ]
    + fixtures(in: "Fixtures/Swift", linkedPrograms, besides: notLinkedPrograms)
    + fixtures(in: "Fixtures/Guide", guide, besides: guide.map { $0 + ".py" })
)
