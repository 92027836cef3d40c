// The same work on several sides, in one run of one process: what else the machine does meets them all.
//
// The sides take turns block by block, and which goes first changes with each. A figure is the median of the blocks'
// ratios, as in Benchmarks/measure.h.

import Glibc

/// One way to do the work.
struct Side {
  let name: String
  /// Does the work this many times, and returns what that took in nanoseconds.
  let block: (Int) -> Double
}

extension Side {
  /// Work that needs nothing before and after it.
  init(_ name: String, _ rounds: @escaping (Int) -> Void) {
    self.name = name
    block = { count in
      let start = now()
      rounds(count)
      return now() - start
    }
  }
}

/// CLOCK_MONOTONIC in nanoseconds.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Measures the runtime's side against the others and prints a line for each of these: the work's name, the other's name,
/// nanoseconds for one round of ours and of the other, and the ratio, separated by tabs.
func compare(_ name: String, rounds: Int, blocks: Int, ours: Side, others: [Side]) {
  let sides = [ours] + others
  for side in sides { _ = side.block(rounds) }
  var times = [[Double]](repeating: [], count: sides.count)
  for block in 0..<blocks {
    for turn in sides.indices {
      let index = (turn + block) % sides.count
      times[index].append(sides[index].block(rounds) / Double(rounds))
    }
  }
  for (index, side) in sides.enumerated().dropFirst() {
    let ratio = median(zip(times[0], times[index]).map { $0 / $1 })
    print(name, side.name, median(times[0]), median(times[index]), ratio, separator: "\t")
    fflush(nil)
  }
}

private func median(_ values: [Double]) -> Double {
  values.sorted()[values.count / 2]
}
