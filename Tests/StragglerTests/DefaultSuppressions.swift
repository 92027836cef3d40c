// What the tests leave behind on purpose: the recorder in this test bundle finds it, and says that it was expected.

private let expected: StaticString = """
  orphaned-lock file=*RecursiveLockTests.swift reason="a test shows that a lock outlives the thread that has it"
  """

@_cdecl("straggler_default_suppressions")
public func defaultSuppressions() -> UnsafePointer<CChar> {
  UnsafeRawPointer(expected.utf8Start).assumingMemoryBound(to: CChar.self)
}
