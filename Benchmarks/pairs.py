"""The same work plain and observed, in turns: what else the machine does meets both sides."""

import os
import statistics
import subprocess
import sys
import time
from typing import Callable, NamedTuple, Optional

from table import Row, say

FEWEST_PAIRS = 3


class Sample(NamedTuple):
    """One run. `cpu` is user and system time, of the command line too where it observes."""

    wall: float
    cpu: float
    output: str


def run(command: list, **options: object) -> Sample:
    """Runs a command to its end, which must be a good one. `options` are Popen's."""
    words = [str(part) for part in command]
    start = time.monotonic()
    # What is printed into the pipes is little: they hold it until the end.
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, **{"stdout": subprocess.PIPE, **options}) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output, errors = process.stdout.read() if process.stdout else "", process.stderr.read()
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode} instead of 0: {errors.strip()}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, output)


def alternate(name: str, plain: Callable, observed: Callable, pairs: int, seconds: float) -> list:
    """Pairs of samples, (plain, observed): `pairs` of them, fewer where they take longer than `seconds`. Which side goes
    first alternates too. Each side is run once before, so that both find its files in memory."""
    say(f"{name}: first runs")
    plain(), observed()
    samples: list = []
    end = time.monotonic() + seconds
    while len(samples) < pairs and (len(samples) < FEWEST_PAIRS or time.monotonic() < end):
        say(f"{name}: pair {len(samples) + 1} of {pairs}")
        if len(samples) % 2 == 0:
            first = plain()
            samples.append((first, observed()))
        else:
            first = observed()
            samples.append((plain(), first))
    return samples


def ratio_row(name: str, samples: list, limit: Optional[float]) -> Row:
    """The row of these pairs: the median of their ratios of wall time, the middle half of them, and that of CPU time."""
    ratios = [observed.wall / plain.wall for plain, observed in samples]
    low, median, high = statistics.quantiles(ratios, n=4)
    cpu = statistics.median(observed.cpu / max(plain.cpu, 0.001) for plain, observed in samples)
    walls = [statistics.median(sample.wall for sample in side) for side in zip(*samples)]
    figure = (f"{median:.3f}  ({walls[0]:.2f} -> {walls[1]:.2f} s; half of {len(ratios)} pairs "
              f"{low:.2f} to {high:.2f}; CPU {cpu:.3f})")
    return Row(name, figure, median, limit)
