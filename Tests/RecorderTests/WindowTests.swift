// The few stack bytes that are kept with a lock: what stood there when it was taken, whatever the processor copies them with.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct WindowTests {
  /// Code that keeps a frame pointer has a window of twice the size.
  static let compilations = [["-fomit-frame-pointer"], ["-fno-omit-frame-pointer"]]

  @Test(arguments: 0...2, compilations)
  func theStackIsKeptAsItWasAtTheLock(registers: Int, options: [String]) throws {
    let program = TestProgram(source: "windows.c", options: options)
    let run = try program.run(["\(registers)"], .linked)
    #expect(run.end == .status(0), "\(run.errorOutput)")
    let holds = try run.process.thread(named: "holder").holds
    try #require(holds.count == 3)
    for (hold, first) in zip(holds, [7, 8, 9] as [UInt64]) {
      let marks = try #require(run.lines.count == 3 ? UInt64(run.lines[Int(first) - 7].suffix(12), radix: 16) : nil)
      #expect(marksKept(in: hold.acquisition, at: marks, first: first << 32) >= 8)
    }
  }

  /// How many of the frame's numbers are in the window; every one that is there must be right.
  private func marksKept(in stack: CapturedStack, at address: UInt64, first: UInt64) -> Int {
    let marks = (0..<24).map { (address: address + 8 * $0, value: first + $0) }
    let kept = marks.filter { stack.base <= $0.address && $0.address + 8 <= stack.base + UInt64(stack.bytes.count) }
    for mark in kept {
      let bytes = stack.bytes[Int(mark.address - stack.base)...].prefix(8)
      #expect(bytes.elementsEqual(withUnsafeBytes(of: mark.value.littleEndian, Array.init)))
    }
    return kept.count
  }
}
