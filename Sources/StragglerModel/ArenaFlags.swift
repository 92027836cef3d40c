// Flags of the arena, tested by their names in StragglerArena.h.

extension FixedWidthInteger {
  /// Whether the bit that an imported C enumerator names is set.
  func has<Flag: RawRepresentable>(_ flag: Flag) -> Bool where Flag.RawValue == UInt32 {
    UInt32(truncatingIfNeeded: self) & flag.rawValue != 0
  }
}
