"""What the thread runtime costs, held against what one would use without it: Benchmarks/Runtime, measured in one process."""

import statistics
import subprocess
import sys

from built import Bench
from table import Row, say

RUNS = 3
LIMIT = 1.3


def rows(bench: Bench) -> list:
    program = bench.straggler.parent / "runtime-benchmark"
    if not program.exists():
        sys.exit(f"{program} is missing: build the release configuration first (make bench does)")
    figures: dict = {}
    for run in range(RUNS):
        say(f"runtime: run {run + 1} of {RUNS}")
        # Alone: the program is linked with the recorder. Its report, and status, on what it leaves is not wanted here.
        result = subprocess.run([program], capture_output=True, text=True, timeout=600)
        for line in result.stdout.splitlines():
            name, other, *values = line.split("\t")
            figures.setdefault((name, other), []).append([float(value) for value in values])
    if not figures:
        sys.exit(f"{program} printed no figures: {result.stderr.strip()}")
    table = []
    for (name, other), runs in figures.items():
        ours, theirs, ratio = (statistics.median(column) for column in zip(*runs))
        figure = f"{ratio:.3f}  ({theirs:.1f} -> {ours:.1f} ns){', no dearer' if ratio <= 1 else ''}"
        table.append(Row(f"{name}, against {other}", figure, ratio, LIMIT))
    return table
