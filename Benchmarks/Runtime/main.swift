// What the thread runtime costs, held against what one would use without it. Prints one line for each comparison:
// Benchmarks/runtime.py makes the table of it.

import Glibc
import Straggler

// A process with one thread is another world: glibc leaves atomic operations out there.
let parked = LibraryThread { while true { pause() } }

compareLocks()
compareWaking()
compareSemaphores()
compareThreads()
exit(0)
