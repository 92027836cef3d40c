"""What the kernel says of a running process."""

import pathlib


def peak_memory(process: int) -> int:
    """The most memory that a process has had so far, in bytes; 0 where it is gone (proc(5), VmHWM)."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def children(process: int) -> list:
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
