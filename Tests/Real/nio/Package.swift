// swift-tools-version: 6.2
// A package of its own: nobody who builds Straggler has to fetch SwiftNIO for it.
import PackageDescription

let package = Package(
  name: "echo",
  dependencies: [.package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0")],
  targets: [
    .executableTarget(
      name: "echo",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ])
  ])
