"""A program whose threads only lock and unlock: plain, observed, and under the tools that look at locks too."""

import statistics

import packages
import pairs
from built import Bench
from table import Row, say

LIMIT = 1.4
LOCKS = 160_000_000
PAIRS, SECONDS = 15, 20
TOOL_RUNS = 3
# Threads besides main, and whose lock. 0: there is none, and the C library leaves out the atomic operations that hide the
# record of a lock elsewhere. That row has no limit.
WAYS = ((0, "own"), (1, "own"), (2, "own"), (2, "shared"), (8, "own"), (8, "shared"))


def name_of(threads: int, way: str) -> str:
    if threads == 0:
        return "only locks and unlocks, no second thread"
    if threads == 1:
        return "only locks and unlocks, 1 thread"
    return f"only locks and unlocks, {threads} threads, {'a lock each' if way == 'own' else 'one lock'}"


def nanoseconds(sample: pairs.Sample, locks: int) -> float:
    """What one lock and unlock took, as the program measured it: without its start and end."""
    return int(sample.output) / locks


def tools(bench: Bench) -> dict:
    """The tools that are here: for each its name, the command of the program under it, and how many locks to take."""
    found = {"ThreadSanitizer": ([bench.folder / "contend-tsan"], 1_000_000)}
    if packages.install(["valgrind"], ["valgrind"]) is None:
        for name in ("Helgrind", "DRD"):
            found[name] = (["valgrind", "-q", f"--tool={name.lower()}", bench.folder / "contend"], 50_000)
    return found


def under_tools(name: str, threads: int, way: str, found: dict, plain: list) -> Row:
    """How many times longer than plain a lock and unlock takes under each tool. Plain and tools take turns."""
    ratios: dict = {tool: [] for tool in found}
    for run in range(TOOL_RUNS):
        say(f"{name}, under other tools: run {run + 1} of {TOOL_RUNS}")
        alone = nanoseconds(pairs.run([*plain, LOCKS]), LOCKS)
        for tool, (command, locks) in found.items():
            ratios[tool].append(nanoseconds(pairs.run([*command, threads, way, locks]), locks) / alone)
    figures = [f"{tool} {statistics.median(ratios[tool]):.0f}" if tool in found else f"{tool} skipped: not installed"
               for tool in ("Helgrind", "DRD", "ThreadSanitizer")]
    return Row("  under other tools", ", ".join(figures))


def rows(bench: Bench) -> list:
    found = tools(bench)
    table = []
    for threads, way in WAYS:
        name = name_of(threads, way)
        plain = [bench.folder / "contend", threads, way]
        observed = bench.observing([*plain, LOCKS])
        samples = pairs.alternate(name, lambda: pairs.run([*plain, LOCKS]), lambda: pairs.run(observed), PAIRS, SECONDS)
        table.append(pairs.ratio_row(name, samples, LIMIT if threads > 0 else None))
        table.append(under_tools(name, threads, way, found, plain))
    return table
