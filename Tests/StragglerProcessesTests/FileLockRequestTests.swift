// Whose the lock on a file is, by the kernel's list.

internal import Testing

@testable internal import StragglerProcesses

@Suite struct FileLockRequestTests {
  private static let list = """
    1: POSIX  ADVISORY  WRITE 71 fe:00:40 100 109
    2: FLOCK  ADVISORY  READ 72 fe:00:40 0 EOF
    2: -> FLOCK  ADVISORY  WRITE 73 fe:00:40 0 EOF
    3: OFDLCK ADVISORY  WRITE -1 fe:00:40 0 EOF
    4: POSIX  ADVISORY  READ 74 fe:00:40 200 EOF
    5: LEASE  ACTIVE    READ 75 fe:00:40 0 EOF
    6: FLOCK  ADVISORY  WRITE 76 fe:00:41 0 EOF
    7: POSIX  ADVISORY  WRITE 77 00:0f:40 0 EOF

    """

  private func holder(
    _ isFlock: Bool, _ isExclusive: Bool, _ bytes: ClosedRange<UInt64> = 0...UInt64.max, file: String = "fe:00:40",
    process: Int32 = 70
  ) -> Int32? {
    FileLockRequest(isFlock: isFlock, isExclusive: isExclusive, file: file, bytes: bytes)
      .holder(in: Self.list, otherThan: process)
  }

  @Test func ofFlocksAnExclusiveOneKeepsEverybodyOutAndASharedOneWhoWantsItAlone() {
    #expect(holder(true, true) == 72)
    #expect(holder(true, false) == nil)
    #expect(holder(true, false, file: "fe:00:41") == 76)
  }

  @Test func ofTheOthersOnlyThoseOfTheSameBytesDo() {
    #expect(holder(false, true, 0...99) == nil)
    #expect(holder(false, true, 0...100) == 71 && holder(false, false, 109...109) == 71)
    #expect(holder(false, true, 110...199) == nil)
    #expect(holder(false, true, 110...200) == 74 && holder(false, false, 110...200) == nil)
    #expect(holder(false, true, file: "00:0f:40") == 77)
  }

  @Test func theProcessItselfIsNoOther() {
    #expect(holder(true, true, process: 72) == nil)
    #expect(holder(false, true, process: 71) == 74)
  }
}
