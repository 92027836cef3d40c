// The JSON report: the format that other programs read.

public import StragglerAnalysis

/// Writes and reads reports as JSON, schema version 1. Keys keep their order; what is not known is null.
public enum JSONReport {
  /// Hands the report over piece by piece, a finding at a time, ending with a newline.
  public static func write(_ report: Report, to write: (String) -> Void) {
    self.write(parts(ofRoot: report), indent: 0, to: write)
    write("\n")
  }

  /// An object of several lines.
  private static func write(_ parts: [Part], indent: Int, to write: (String) -> Void) {
    let margin = "\n" + String(repeating: " ", count: indent + 2)
    for (index, part) in parts.enumerated() {
      write((index == 0 ? "{" : ",") + margin)
      switch part {
      case .value(let key, let value): write("\"\(key)\": \(value.text(indent: indent + 2))")
      case .elements(let key, let count, let element):
        writeArray(key, count, indent + 2, to: write) { write(element($0).text(indent: indent + 4)) }
      case .reports(let key, let reports):
        writeArray(key, reports.count, indent + 2, to: write) {
          self.write(self.parts(of: reports[$0]), indent: indent + 4, to: write)
        }
      }
    }
    write("\n" + String(repeating: " ", count: indent) + "}")
  }

  /// An array of objects, each of which begins a line.
  private static func writeArray(
    _ key: String, _ count: Int, _ indent: Int, to write: (String) -> Void, element: (Int) -> Void
  ) {
    let lineEnd = "\n" + String(repeating: " ", count: indent)
    write("\"\(key)\": [")
    for index in 0..<count {
      write((index == 0 ? "" : ",") + lineEnd + "  ")
      element(index)
    }
    write(count == 0 ? "]" : lineEnd + "]")
  }

  /// Reads a report back. Keys that this version does not know are passed over; keys that were added to the format
  /// since its first version may be missing.
  ///
  /// - Parameter bytes: less than 4 GiB.
  /// - Throws: `ReportError`, for everything that is no report of a version known here.
  public static func decode(_ bytes: [UInt8]) throws(ReportError) -> Report {
    try bytes.withUnsafeBufferPointer { text throws(ReportError) in
      let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      return try report(DecodedValue(root: JSONParser.parse(UnsafeBufferPointer(rebasing: text[mark...]))))
    }
  }
}
