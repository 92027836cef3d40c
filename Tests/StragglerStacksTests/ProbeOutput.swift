// What a probe printed (Shapes/probe.c), as the values that the unwinder takes.

import StragglerModel

/// The captures of one run with the truth beside them.
struct ProbeOutput {
  /// A frame as libgcc saw it inside the process, at the moment of the capture.
  struct Truth: Equatable {
    var pc: UInt64
    var isReturnAddress: Bool
    /// The stack pointer in the frame: its callee's canonical frame address.
    var sp: UInt64
    var functionStart: UInt64
  }

  var modules: [Module] = []
  var acquisition: CapturedStack
  var acquisitionTruth: [Truth]
  var stop: CapturedStack
  var stopTruth: [Truth]

  init(parsing text: String) throws {
    var captures: [String: CapturedStack] = [:]
    var truths: [String: [Truth]] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      switch fields[0] {
      case "module": modules.append(try Self.module(fields))
      case "acquisition", "stop": captures[fields[0]] = try Self.capture(fields)
      case "acquisition-truth", "stop-truth":
        truths[String(fields[0].dropLast("-truth".count)), default: []].append(try Self.truth(fields))
      default: continue  // the program's own
      }
    }
    guard let acquisition = captures["acquisition"], let stop = captures["stop"],
      let acquisitionTruth = truths["acquisition"], let stopTruth = truths["stop"]
    else { throw ShapeError(message: "the probe printed no capture: \(text.prefix(400))") }
    (self.acquisition, self.acquisitionTruth) = (acquisition, acquisitionTruth)
    (self.stop, self.stopTruth) = (stop, stopTruth)
  }

  /// The acquisition with no more than the first `count` bytes of its window, as a recorder with a smaller one has it.
  func acquisition(window count: Int) -> CapturedStack {
    var result = acquisition
    guard result.bytes.count > count else { return result }
    result.bytes.removeLast(result.bytes.count - count)
    result.reachesBase = false
    return result
  }

  private static func module(_ fields: [String]) throws -> Module {
    let low = try word(fields[2])
    return Module(
      path: fields[5...].joined(separator: " "), bias: try word(fields[1]), range: low..<(try word(fields[3])),
      buildID: try bytes(fields[4]))
  }

  private static func capture(_ fields: [String]) throws -> CapturedStack {
    let values = try fields[3..<20].map(word)
    let partial = fields[0] == "acquisition"
    let registers = values.enumerated().map { partial && ![6, 7, 16].contains($0.offset) ? nil : $0.element }
    return CapturedStack(
      registers: registers, base: values[7], bytes: try bytes(fields[20]), reachesBase: fields[2] == "1",
      foreign: fields[1] == "1", isReturnAddress: partial)
  }

  private static func truth(_ fields: [String]) throws -> Truth {
    Truth(
      pc: try word(fields[1]), isReturnAddress: try word(fields[2]) == 0, sp: try word(fields[3]),
      functionStart: try word(fields[4]))
  }

  private static func word(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text, radix: 16) else { throw ShapeError(message: "no hexadecimal word: \(text)") }
    return value
  }

  private static func bytes(_ text: String) throws -> [UInt8] {
    if text == "-" { return [] }
    let digits = try text.utf8.map { digit in
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else {
        throw ShapeError(message: "no hexadecimal bytes: \(text.prefix(40))")
      }
      return UInt8(value)
    }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
