// What the testing libraries have for themselves.

internal import Straggler

extension Audit.Finding {
  /// One of the testing libraries acquired it: the file that it writes its events to, the lock that it writes them under. It does
  /// so in whichever thread a test happens to be.
  var isOfTestingLibrary: Bool {
    guard let path = acquired.first?.module, let name = path.split(separator: "/").last else { return false }
    return testingLibraries.contains { name.hasPrefix($0) }
  }
}

/// Swift Testing and what it is made of, and XCTest, as the toolchain names their files.
private let testingLibraries = ["libTesting.so", "lib_Testing", "libXCTest.so"]
