// A strict reader of SARIF 2.1.0: the parts of the standard that our reports use, and nothing besides.

import Foundation

/// What a value may be.
indirect enum SarifShape: Sendable {
  case string, uri, boolean
  case integer(from: Int)
  case word([String])
  case array(SarifShape, atLeast: Int = 0)
  /// Members of any name.
  case map(SarifShape)
  case object(required: [String], [String: SarifShape])
  /// A property bag: SARIF says nothing of what is in it.
  case bag

  /// What is wrong with a value; empty where it is right.
  func mistakes(in value: Any, at path: String) -> [String] {
    switch self {
    case .string: return value is String ? [] : ["\(path): no string"]
    case .uri:
      guard let text = value as? String, text.utf8.allSatisfy(Self.isURICharacter), URL(string: text) != nil else {
        return ["\(path): no URI: \(value)"]
      }
      return text.contains(/%(?![0-9A-F]{2})/) ? ["\(path): a bare percent sign"] : []
    case .boolean: return Self.isBoolean(value) ? [] : ["\(path): no boolean"]
    case .integer(let least):
      guard !Self.isBoolean(value), let number = value as? Int, number >= least else {
        return ["\(path): no integer from \(least): \(value)"]
      }
      return []
    case .word(let words):
      return (value as? String).map(words.contains) == true ? [] : ["\(path): none of \(words): \(value)"]
    case .array(let element, let least):
      guard let values = value as? [Any] else { return ["\(path): no array"] }
      let few = values.count < least ? ["\(path): fewer than \(least)"] : []
      return few + values.enumerated().flatMap { element.mistakes(in: $1, at: "\(path)[\($0)]") }
    case .map(let element):
      guard let members = value as? [String: Any] else { return ["\(path): no object"] }
      return members.flatMap { element.mistakes(in: $1, at: "\(path).\($0)") }
    case .object(let required, let shapes):
      guard let members = value as? [String: Any] else { return ["\(path): no object"] }
      return required.filter { members[$0] == nil }.map { "\(path): no \($0)" }
        + members.flatMap { key, value in
          shapes[key].map { $0.mistakes(in: value, at: "\(path).\(key)") } ?? ["\(path): unknown key \(key)"]
        }
    case .bag: return value is [String: Any] ? [] : ["\(path): no property bag"]
    }
  }

  /// Foundation bridges numbers and booleans to each other; only its type encoding tells them apart.
  private static func isBoolean(_ value: Any) -> Bool {
    value is Bool && (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? true
  }

  /// RFC 3986, appendix A.
  private static func isURICharacter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
      || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
  }
}

enum Sarif {
  private static let level = SarifShape.word(["none", "note", "warning", "error"])
  /// 3.11; errata 01 demands a text or an id.
  private static let message = SarifShape.object(required: ["text"], ["text": .string])
  private static let multiformat = SarifShape.object(required: ["text"], ["text": .string, "markdown": .string])
  private static let artifact = SarifShape.object(required: ["uri"], ["uri": .uri, "uriBaseId": .string])
  private static let region = SarifShape.object(
    required: ["startLine"], ["startLine": .integer(from: 1), "startColumn": .integer(from: 1)])
  private static let physical = SarifShape.object(
    required: [],
    [
      "artifactLocation": artifact, "region": region,
      "address": .object(required: [], ["absoluteAddress": .integer(from: 0)]),
    ])
  private static let logical = SarifShape.object(
    required: ["fullyQualifiedName"], ["fullyQualifiedName": .string, "decoratedName": .string, "kind": .string])
  private static let location = SarifShape.object(
    required: [],
    [
      "id": .integer(from: 0), "physicalLocation": physical, "logicalLocations": .array(logical), "message": message,
    ])
  private static let stack = SarifShape.object(
    required: ["frames"],
    [
      "message": message,
      "frames": .array(
        .object(
          required: [], ["location": location, "module": .string, "threadId": .integer(from: 0), "properties": .bag])),
    ])
  private static let threadFlow = SarifShape.object(
    required: ["locations"],
    [
      "id": .string,
      "locations": .array(
        .object(
          required: ["location"],
          [
            "location": location, "executionOrder": .integer(from: 0),
            "kinds": .array(.word(["acquire", "lock", "resource", "call", "danger"])),
          ]), atLeast: 1),
    ])
  private static let result = SarifShape.object(
    required: ["ruleId", "message", "locations"],
    [
      "ruleId": .string, "ruleIndex": .integer(from: 0), "level": level, "message": message,
      "locations": .array(location), "relatedLocations": .array(location),
      "codeFlows": .array(
        .object(required: ["threadFlows"], ["message": message, "threadFlows": .array(threadFlow, atLeast: 1)])),
      "stacks": .array(stack), "partialFingerprints": .map(.string), "occurrenceCount": .integer(from: 1),
      "suppressions": .array(
        .object(
          required: ["kind"],
          [
            "kind": .word(["inSource", "external"]), "status": .word(["accepted", "underReview", "rejected"]),
            "justification": .string,
          ])),
      "provenance": .object(required: [], ["invocationIndex": .integer(from: 0)]), "properties": .bag,
    ])
  private static let rule = SarifShape.object(
    required: ["id"],
    [
      "id": .string, "shortDescription": multiformat, "fullDescription": multiformat, "help": multiformat,
      "defaultConfiguration": .object(required: [], ["level": level]),
    ])
  private static let invocation = SarifShape.object(
    required: ["executionSuccessful"],
    [
      "executionSuccessful": .boolean, "processId": .integer(from: 0), "executableLocation": artifact,
      "arguments": .array(.string), "exitCode": .integer(from: .min), "exitSignalNumber": .integer(from: 1),
      "exitCodeDescription": .string,
      "toolExecutionNotifications": .array(
        .object(required: ["message"], ["level": level, "message": message])),
    ])
  static let log = SarifShape.object(
    required: ["version", "runs"],
    [
      "$schema": .uri, "version": .word(["2.1.0"]),
      "runs": .array(
        .object(
          required: ["tool"],
          [
            "tool": .object(
              required: ["driver"],
              [
                "driver": .object(
                  required: ["name"], ["name": .string, "semanticVersion": .string, "rules": .array(rule)])
              ]),
            "invocations": .array(invocation),
            "originalUriBaseIds": .map(.object(required: [], ["description": message])),
            "results": .array(result),
          ])),
    ])
}
