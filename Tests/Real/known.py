"""The findings in real programs that were looked at and are right, each with the reason."""

from findings import Known

KNOWN = [
  Known(
    "java", "orphaned-lock", "VM Thread", "Mutex::lock*",
    "HotSpot ends its VM thread within a safepoint, on purpose: Threads_lock stays locked so that no Java thread can "
    "run any more."),
]
