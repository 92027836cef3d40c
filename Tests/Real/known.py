"""The findings in real programs that were looked at and are right, each with the reason."""

from findings import Known

KNOWN = [
  Known(
    "java*", "java", "orphaned-lock", "VM Thread", "Mutex::lock*",
    "HotSpot ends its VM thread within a safepoint, on purpose: Threads_lock stays locked so that no Java thread can "
    "run any more."),
  Known(
    # Any of its threads: they are the event loops' and the pool's.
    "SwiftNIO, left running", "echo", "abandoned-lock", "*", "*withLock*",
    "The pool's threads and the event loops were never told to end. One that has just done its last piece of work takes its "
    "lock once more to look for another: main can be faster."),
  Known(
    # Its threads have no names, and Debian's stress-ng no symbols: any place is as good as no place.
    "stress-ng exit-group", "stress-ng", "abandoned-lock", "", "*",
    "Each of sixteen threads counts itself inside a lock, and whoever sees the count at sixteen ends the process by "
    "exit_group at once: the sixteenth may not have unlocked yet. Once in thousands of processes it has not."),
]
