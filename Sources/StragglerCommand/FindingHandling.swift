// What is done with findings that are known already: suppressions and the baseline, read before anything runs.

internal import Glibc
internal import StragglerAnalysis

struct FindingHandling {
  /// A file of suppressions is written by hand.
  private static let largest = 16 << 20

  private var suppressions: [Suppression] = []
  private var baseline: Baseline?
  private var today = CalendarDay.today

  /// Nothing is known.
  init() {}

  /// - Throws: `CommandFailure`, in one line, for a file that can't be read or understood.
  init(_ options: ReportingOptions, today: CalendarDay) throws {
    self.today = today
    suppressions = try options.suppressionFiles.flatMap(Self.suppressions)
    baseline = try options.baselineFile.map { file in
      do {
        return Baseline(try SavedReport.read(file), source: file)
      } catch let failure as CommandFailure {
        throw CommandFailure("the baseline \(failure)")
      }
    }
  }

  private static func suppressions(_ file: String) throws -> [Suppression] {
    guard let bytes = RegularFile.read(file, atMost: largest) else {
      throw CommandFailure("the suppressions \(file) can't be read: \(RegularFile.problem(file))")
    }
    do {
      return try Suppression.all(in: bytes, source: file)
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  /// Takes the known findings out of those that count.
  func apply(to report: inout Report) {
    report.suppress(by: suppressions, today: today)
    report.gatherSuppressions()
    guard let baseline else { return }
    if report.isMerged {
      report.baseline = baseline.apply(to: &report.children)
    } else {
      var runs = [report]
      let use = baseline.apply(to: &runs)
      report = runs[0]
      report.baseline = use
    }
  }
}

extension CalendarDay {
  /// By the system's clock, in UTC: everywhere the same.
  static var today: CalendarDay {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    return CalendarDay(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
  }
}
