"""What a report of many threads takes: the whole of `straggler run`, program included."""

import pathlib
import statistics
import subprocess
import sys
import threading
import time

from built import Bench
from table import Row, say

MEGABYTE = 1 << 20
RUNS = 5


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


def run(command: list) -> tuple:
    """Seconds, the watch, status, and what was said on standard error."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    watch.start()
    errors = process.stderr.read()
    process.wait()
    seconds = time.monotonic() - start
    watch.ended.set()
    watch.join()
    return seconds, watch, process.returncode, errors.strip()


def rows(bench: Bench) -> list:
    table = []
    for threads, places, limit in ((1000, 1, 2.0), (1000, 1000, 2.0), (10000, 1, 10.0)):
        name = f"report of {threads} threads, locked in {places} place{'s' if places > 1 else ''}"
        command = [str(part) for part in (bench.folder / "abandoned", threads, places)]
        observed_runs, plain_runs = [], []
        for number in range(RUNS):
            say(f"{name}: run {number + 1} of {RUNS}")
            for runs, words in ((plain_runs, command), (observed_runs, bench.observing(command))):
                runs.append(run(words))
                if runs[-1][2] != 0:
                    sys.exit(f"{' '.join(words)} ended with {runs[-1][2]} instead of 0: {runs[-1][3]}")
        size = (bench.folder / "report.json").stat().st_size / MEGABYTE
        median, alone = (statistics.median(seconds for seconds, *_ in runs) for runs in (observed_runs, plain_runs))
        table.append(Row(name, f"{median:.2f} s  ({alone:.2f} s alone; {size:.1f} MiB of JSON)", median, limit, " s"))
        own, program = (max(getattr(watch, which) for _, watch, *_ in observed_runs) / MEGABYTE for which in ("own", "program"))
        before = max(watch.own for _, watch, *_ in plain_runs) / MEGABYTE
        table.append(Row("  memory", f"{own:.0f} MiB the command line, {program:.0f} MiB the program ({before:.0f} MiB alone)"))
    return table
