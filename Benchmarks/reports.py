"""What a report of many threads takes: the whole of `straggler run`, program included."""

import os
import statistics
import subprocess
import sys
import threading
import time
from typing import NamedTuple

from built import Bench
from processes import children, peak_memory
from table import Row, say

MEGABYTE = 1 << 20
RUNS = 5


class Watch(threading.Thread):
    """Looks at a process and its children every few milliseconds: `own` and `program` are the most that was seen."""

    def __init__(self, process: int):
        super().__init__()
        self.process, self.own, self.program = process, 0, 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.005):
            self.own = max(self.own, peak_memory(self.process))
            self.program = max([self.program, *map(peak_memory, children(self.process))])


class Run(NamedTuple):
    """`cpu` is user and system time in seconds, of the program too."""

    wall: float
    cpu: float
    watch: Watch


def run(command: list) -> Run:
    """Runs a command to its end, which must be a good one."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    watch.start()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    watch.ended.set()
    watch.join()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode} instead of 0: {errors.strip()}")
    return Run(wall, usage.ru_utime + usage.ru_stime, watch)


def rows_of(bench: Bench, threads: int, places: int, limit: float) -> list:
    name = f"report of {threads} threads, locked in {places} place{'s' if places > 1 else ''}"
    command = [str(part) for part in (bench.folder / "abandoned", threads, places)]
    plain, observed = [], []
    for number in range(RUNS):
        say(f"{name}: run {number + 1} of {RUNS}")
        plain.append(run(command))
        observed.append(run(bench.observing(command)))
    size = (bench.folder / "report.json").stat().st_size / MEGABYTE
    wall, alone = (statistics.median(run.wall for run in runs) for runs in (observed, plain))
    cpu = statistics.median(run.cpu for run in observed)
    own, program, before = (max(sizes) / MEGABYTE for sizes in (
        [run.watch.own for run in observed], [run.watch.program for run in observed], [run.watch.own for run in plain]))
    return [
        Row(name, f"{wall:.2f} s  ({alone:.2f} s alone; CPU {cpu:.2f} s; {size:.1f} MiB of JSON)", wall, limit, " s"),
        Row("  memory", f"{own:.0f} MiB the command line, {program:.0f} MiB the program ({before:.0f} MiB alone)")]


def rows(bench: Bench) -> list:
    kinds = ((1000, 1, 2.0), (1000, 1000, 2.0), (10000, 1, 10.0))
    return [row for kind in kinds for row in rows_of(bench, *kind)]
