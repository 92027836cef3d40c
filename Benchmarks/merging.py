"""What it takes to merge the reports of many shards: 100,000 findings, all the same thousand mistakes or all different."""

import copy
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from built import Bench
from table import Row, say

MEGABYTE = 1 << 20
RUNS = 3
SHARDS, FINDINGS = 100, 1000
SECONDS, MEGABYTES = 10.0, 1024.0


def write_shards(report: dict, distinct: bool, folder: pathlib.Path) -> list:
    """The reports of shards, all with the findings of a real one. `distinct`: no two findings are the same mistake."""
    paths = []
    for shard in range(SHARDS):
        made = copy.copy(report)
        made["findings"] = [copy.copy(report["findings"][number % len(report["findings"])]) for number in range(FINDINGS)]
        for number, finding in enumerate(made["findings"]):
            finding["fingerprint"] = f"{(shard * FINDINGS if distinct else 0) + number:016x}"
        paths.append(folder / f"{shard}.json")
        paths[-1].write_text(json.dumps(made, indent=2))
    return paths


def merge(straggler: pathlib.Path, paths: list, out: pathlib.Path) -> tuple:
    """Seconds and bytes that one merge took."""
    start = time.monotonic()
    process = subprocess.Popen([straggler, "report", "--fail-on", "never", "--report", f"json={out}", *paths])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"merging ended with {process.returncode} instead of 0")
    return time.monotonic() - start, usage.ru_maxrss * 1024


def check(out: pathlib.Path, distinct: bool) -> None:
    """Every mistake once, with its count."""
    findings = [finding for child in json.loads(out.read_text())["children"] for finding in child["findings"]]
    counts = {finding["count"] for finding in findings}
    expected = (FINDINGS * SHARDS, {1}) if distinct else (FINDINGS, {SHARDS})
    if (len(findings), counts) != expected:
        sys.exit(f"merged wrongly: {len(findings)} findings with counts {counts}, expected {expected}")


def rows_of(bench: Bench, report: dict, distinct: bool) -> list:
    name = f"{SHARDS} reports merged, {'no' if distinct else 'all'} findings alike"
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = pathlib.Path(name_of_folder)
        paths = write_shards(report, distinct, folder)
        size = sum(path.stat().st_size for path in paths) / MEGABYTE
        out = folder / "merged.json"
        taken = []
        for number in range(RUNS):
            say(f"{name}: run {number + 1} of {RUNS}")
            taken.append(merge(bench.straggler, paths, out))
        check(out, distinct)
    wall = statistics.median(seconds for seconds, _ in taken)
    memory = max(used for _, used in taken) / MEGABYTE
    return [
        Row(name, f"{wall:.2f} s  ({SHARDS * FINDINGS} findings, {size:.0f} MiB of JSON)", wall, SECONDS, " s"),
        Row("  memory", f"{memory:.0f} MiB", memory, MEGABYTES, " MiB")]


def rows(bench: Bench) -> list:
    bench.observe("abandoned", FINDINGS, FINDINGS)
    report = json.loads((bench.folder / "report.json").read_text())
    return [row for distinct in (False, True) for row in rows_of(bench, report, distinct)]
