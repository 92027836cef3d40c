// What was done with findings that are known, as JSON: suppressions, the baseline, what was left out.

internal import StragglerAnalysis

// MARK: - Encoding

extension JSONReport {
  /// The members that only a whole report has, behind those that its children share, and only where it was asked for them.
  static func handling(of report: Report) -> [Part] {
    var parts: [Part] = []
    if !report.suppressions.isEmpty {
      parts.append(.value("suppressions", .array(report.suppressions.map(encoded))))
    }
    if let baseline = report.baseline { parts.append(.value("baseline", encoded(baseline))) }
    if !report.redacted.isEmpty {
      parts.append(.value("redacted", .array(report.redacted.map { .string($0.rawValue) })))
    }
    return parts
  }

  static func encoded(_ suppression: AppliedSuppression) -> JSONValue {
    .members(
      ("kind", .string(suppression.kind.rawValue)), ("source", .string(suppression.source)),
      ("line", .optional(suppression.line, JSONValue.integer)),
      ("reason", .optional(suppression.reason, JSONValue.string)))
  }

  private static func encoded(_ use: SuppressionUse) -> JSONValue {
    .members(
      ("source", .string(use.place.source)), ("line", .integer(use.place.line)), ("text", .string(use.text)),
      ("reason", .optional(use.reason, JSONValue.string)),
      ("until", .optional(use.until) { .string($0.description) }), ("state", .string(use.state.rawValue)),
      ("count", .integer(use.count)))
  }

  private static func encoded(_ use: BaselineUse) -> JSONValue {
    .members(
      ("source", .string(use.source)), ("known", .integer(use.known)), ("new", .integer(use.new)),
      ("gone", .integer(use.gone)))
  }
}

// MARK: - Decoding

extension JSONReport {
  /// These keys were added to the format after its first reports.
  static func decodeHandling(_ root: DecodedValue, of report: inout Report) throws(ReportError) {
    report.suppressions = try root.optionalMember("suppressions")?.elements(suppressionUse) ?? []
    report.baseline = try root.optional("baseline", baselineUse)
    report.redacted =
      try root.optionalMember("redacted")?.elements { word throws(ReportError) in
        try word.word(Redaction.init(rawValue:), "what can be left out of a report")
      } ?? []
  }

  static func suppression(_ value: DecodedValue) throws(ReportError) -> AppliedSuppression {
    AppliedSuppression(
      kind: try value.member("kind").word(AppliedSuppression.Kind.init(rawValue:), "rule or baseline"),
      source: try value.member("source").string(),
      line: try value.optional("line") { number throws(ReportError) in try number.integer() },
      reason: try value.optional("reason") { text throws(ReportError) in try text.string() })
  }

  private static func suppressionUse(_ value: DecodedValue) throws(ReportError) -> SuppressionUse {
    SuppressionUse(
      place: Suppression.Place(
        source: try value.member("source").string(), line: try value.member("line").integer()),
      text: try value.member("text").string(),
      reason: try value.optional("reason") { text throws(ReportError) in try text.string() },
      until: try value.optional("until") { day throws(ReportError) in
        try day.word(CalendarDay.init, "a day (2027-01-31)")
      },
      state: try value.member("state").word(SuppressionUse.State.init(rawValue:), "used, unused or expired"),
      count: try value.member("count").integer())
  }

  private static func baselineUse(_ value: DecodedValue) throws(ReportError) -> BaselineUse {
    BaselineUse(
      source: try value.member("source").string(), known: try value.member("known").integer(),
      new: try value.member("new").integer(), gone: try value.member("gone").integer())
  }
}
