// What the thread runtime costs, held against what one would use without it. Prints one line for each comparison:
// Benchmarks/runtime.py makes the table of it. Parts can be named: locks, semaphores, threads, waking.

import Glibc
import Straggler

// A process with one thread is another world: glibc leaves atomic operations out there.
let parked = LibraryThread { while true { pause() } }

let parts = [
  "locks": compareLocks, "waking": compareWaking, "semaphores": compareSemaphores, "threads": compareThreads,
]
for part in CommandLine.arguments.count > 1 ? Array(CommandLine.arguments.dropFirst()) : parts.keys.sorted() {
  parts[part]?()
}
exit(0)
