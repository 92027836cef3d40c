// swift-tools-version: 6.2
// A package of somebody else's, which has its tests checked: what docs/testing.md says, done. stranger.py builds and runs it.
import PackageDescription

let package = Package(
  name: "journal",
  dependencies: [.package(name: "straggler", path: "../..")],
  targets: [
    .target(name: "Journal"),
    .testTarget(
      name: "JournalTests",
      dependencies: ["Journal", .product(name: "StragglerTesting", package: "straggler")]),
    .testTarget(
      name: "JournalXCTests",
      dependencies: ["Journal", .product(name: "StragglerTesting", package: "straggler")]),
  ]
)
