// A report or an arena that was saved, read again.

internal import Dispatch
internal import Glibc
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports

enum SavedReport {
  /// The largest JSON report that is read, in bytes: ten thousand findings with their stacks take a tenth of it.
  private static let largest = 1 << 30

  /// Reads several, as many at a time as there are processors.
  ///
  /// - Throws: `CommandFailure`, that of the first file which can't be read.
  static func read(_ paths: [String]) throws -> [Report] {
    var reports = [Result<Report, any Error>?](repeating: nil, count: paths.count)
    reports.withUnsafeMutableBufferPointer { reports in
      nonisolated(unsafe) let reports = reports  // each step has an element of its own
      DispatchQueue.concurrentPerform(iterations: paths.count) { index in
        reports[index] = Result { try read(paths[index]) }
      }
    }
    return try reports.compactMap { try $0?.get() }
  }

  /// Reads a JSON report, or an arena, whose ending nobody saw.
  ///
  /// - Throws: `CommandFailure`, in one line, for a file that is missing, cut short, foreign or from a newer version.
  static func read(_ path: String) throws -> Report {
    if isArena(path) {
      do {
        let process = try ArenaReader.read(path: path)
        return RunReporting(filter: ProcessFilter(only: ["*"]), today: .today).report(of: process, .unknown)
      } catch {
        throw CommandFailure("\(error)")
      }
    }
    guard let bytes = RegularFile.read(path, atMost: largest) else {
      throw CommandFailure("\(path) can't be read: \(RegularFile.problem(path))")
    }
    do {
      return try JSONReport.decode(bytes)
    } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }

  private static func isArena(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var beginning = [UInt8](repeating: 0, count: 8)
    return Glibc.read(descriptor, &beginning, 8) == 8 && beginning.elementsEqual("STRAGGLE".utf8)
  }
}
