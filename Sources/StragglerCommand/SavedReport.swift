// A report or an arena that was saved, read again; and several of them as one.

internal import Glibc
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports

enum SavedReport {
  /// The largest JSON report that is read, in bytes: ten thousand findings with their stacks take a tenth of it.
  private static let largest = 1 << 30

  /// Reads a JSON report, or an arena, whose ending nobody saw.
  ///
  /// - Throws: `CommandFailure`, in one line, for a file that is missing, cut short, foreign or from a newer version.
  static func read(_ path: String) throws -> Report {
    if isArena(path) {
      do {
        let process = try ArenaReader.read(path: path)
        return RunReporting(filter: ProcessFilter(only: ["*"])).report(of: process, .unknown)
      } catch {
        throw CommandFailure("\(error)")
      }
    }
    guard let bytes = RegularFile.read(path, atMost: largest) else {
      var status = stat()
      let reason = stat(path, &status) != 0 ? String(cString: strerror(errno)) : "it is no regular file of a sane size"
      throw CommandFailure("\(path) can't be read: \(reason)")
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

  /// Several reports under one that belongs to no process; each finding says in how many of them it was made.
  static func merged(_ reports: [Report]) -> Report {
    let inputs = reports.flatMap { $0.process == nil && !$0.children.isEmpty ? $0.children : [$0] }
    var counts: [String: Int] = [:]
    for input in inputs {
      for fingerprint in Set(fingerprints(input)) { counts[fingerprint, default: 0] += 1 }
    }
    return Report(process: nil, lost: 0, children: inputs.map { counted($0, counts) })
  }

  private static func fingerprints(_ report: Report) -> [String] {
    report.findings.map(\.fingerprint) + report.children.flatMap(fingerprints)
  }

  private static func counted(_ report: Report, _ counts: [String: Int]) -> Report {
    var report = report
    for index in report.findings.indices { report.findings[index].count = counts[report.findings[index].fingerprint] }
    report.children = report.children.map { counted($0, counts) }
    return report
  }
}
