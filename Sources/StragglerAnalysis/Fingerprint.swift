// A finding's identity from run to run, and from build to build.

internal import StragglerModel

/// FNV-1a, 64 bits, over what names the mistake: the rule, the resource, the program's own functions on the way to it.
/// Addresses, ids, line numbers, the build folder and the place where the thread stopped have no part in it.
///
/// Not for security: two findings may share a fingerprint, and then count as the same mistake made twice.
struct Fingerprint {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  init(rule: RuleID, resource: String?, functions: [String]) {
    combine(rule.rawValue)
    combine(resource ?? "")
    for function in functions { combine(function) }
  }

  /// 16 hexadecimal digits.
  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Each part ends with a byte that no UTF-8 text contains, so that parts can't run into each other.
  private mutating func combine(_ part: String) {
    for byte in part.utf8 { combine(byte) }
    combine(0xFF)
  }

  private mutating func combine(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }
}
