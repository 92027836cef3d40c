// The JSON report: the format that other programs read.

public import StragglerAnalysis

/// Writes and reads reports as JSON, schema version 1. Keys keep their order; what is not known is null.
public enum JSONReport {
  /// Hands the report over as text, ending with a newline.
  public static func write(_ report: Report, to write: (String) -> Void) {
    write(encodedRoot(report).text + "\n")
  }

  /// Reads a report back. Keys that this version does not know are passed over; keys that were added to the format
  /// since its first version may be missing.
  ///
  /// - Throws: `ReportError`, for everything that is no report of a version known here.
  public static func decode(_ bytes: [UInt8]) throws(ReportError) -> Report {
    try decodedRoot(JSONParser.parse(bytes))
  }
}
