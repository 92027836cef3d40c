"""What a single call costs, measured within one process, and what the recorder must not do."""

import statistics
import sys

from built import Bench
from table import Row, say

RUNS = 5
FILE_LIMITS = {"open and close": 1.1, "open and close, deep in the stack": 1.1, "write of 4 KiB": 1.1}


def compared(bench: Bench, program: str, limits: dict, *arguments: object) -> list:
    """The rows of a program that prints: name, nanoseconds plain, nanoseconds observed, ratio."""
    figures: dict = {}
    for run in range(RUNS):
        say(f"{program}: run {run + 1} of {RUNS}")
        for line in bench.output_of(program, *arguments).splitlines():
            name, *values = line.split("\t")
            figures.setdefault(name, []).append([float(value) for value in values])
    rows = []
    for name, runs in figures.items():
        plain, observed, ratio = (statistics.median(column) for column in zip(*runs))
        figure = f"{ratio:.3f}  ({plain:.1f} -> {observed:.1f} ns)"
        rows.append(Row(name, figure, ratio, limits.get(name)))
    return rows


def framed(bench: Bench) -> list:
    """The mutex again, called by code with frame pointers."""
    return [row._replace(name="mutex, from code with frame pointers")
            for row in compared(bench, "locks-framed", {}) if row.name == "mutex"]


def silence(bench: Bench) -> list:
    """Nothing forbidden happens while locking; and what is forbidden is caught when it does happen."""
    say("silence")
    for control in ("system-call", "clock", "malloc"):
        if bench.observe("silence", control).returncode == 0:
            sys.exit(f"silence {control} ended with 0: the proof lets a {control} through, so it proves nothing here")
    result = bench.observe("silence", "locks")
    reasons = {2: result.stderr.strip(), 1: "something was allocated", 128 + 31: "a system call was made",
               128 + 11: "the clock was read"}
    clean = result.returncode == 0
    figure = "none" if clean else reasons.get(result.returncode, f"status {result.returncode}")
    return [Row("system calls, clock reads, allocations in 6 million locks", figure, 0 if clean else 1, 0)]


def slots(bench: Bench) -> list:
    say("slots")
    size = int(bench.output_of("slots"))
    return [Row("memory for a thread that holds 8 locks", f"{size} bytes", size, 8192, " bytes")]


def rows(bench: Bench) -> list:
    files = compared(bench, "files", FILE_LIMITS, bench.folder / "file")
    return (compared(bench, "locks", {"mutex": 1.4}) + framed(bench) + silence(bench) + files + slots(bench))
