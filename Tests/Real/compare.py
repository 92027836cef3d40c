#!/usr/bin/env python3
"""Holds what Straggler says of the C and C++ fixtures against Helgrind, thread by thread.

Helgrind reports threads that end, or are cut off by the process's end, with locks in their hands. A fixture of which
both don't say the same must be explained in explained.py, and what is explained there must differ. Prints a table;
the status is 0 only if both is so.
"""

import argparse
import collections
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import helgrind
import packages
from explained import EXPLAINED
from fixture import Fixture
from table import markdown

LOCK_RULES = ("abandoned-lock", "orphaned-lock", "held-at-exit", "deadlocked-exit")
LIMIT = 30


def all_findings(report):
  """Those of the program, and of the processes that it started or was before."""
  return report["findings"] + [finding for child in report["children"] for finding in all_findings(child)]


def locks_by_thread(report):
  """The threads of one process that left locks locked, each as its number and how many they are.

  Both tools count the threads of a process from 1, in the order of their creation.
  """
  counts = collections.Counter()
  for finding in report["findings"]:
    if finding["rule"] not in LOCK_RULES or not finding.get("resource"):
      continue
    for thread in [finding["thread"], *(similar.get("thread", similar) for similar in finding.get("similar") or [])]:
      counts[thread["number"]] += 1
  return sorted([*counts.items(), *(entry for child in report["children"] for entry in locks_by_thread(child))])


def observe(straggler, fixture, program, folder):
  """Our report on one run; None where there is none, or no end within the time limit."""
  file = folder / "report.json"
  run = subprocess.Popen(
    [straggler, "run", *fixture.options, "--report", f"json={file}", "--", program], cwd=folder, start_new_session=True,
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
  try:
    run.wait(LIMIT)
  except subprocess.TimeoutExpired:
    os.killpg(run.pid, signal.SIGKILL)  # with the program
    run.wait()
  return json.loads(file.read_text()) if file.exists() else None


def in_words(report):
  if report is None:
    return "no report"
  parts = []
  for finding in all_findings(report):
    if finding["rule"] in LOCK_RULES:
      kind = (finding.get("resource") or {}).get("kind")
      count = 1 + len(finding.get("similar") or [])
      parts.append(finding["rule"] + (f" ({kind})" if kind else "") + (f" x{count}" if count > 1 else ""))
  counted = collections.Counter(parts)
  return ", ".join(part if count == 1 else f"{count} {part}" for part, count in counted.items()) or "no lock"


def compare(straggler, fixture):
  """Helgrind's words, ours, and whether both are the same."""
  with tempfile.TemporaryDirectory(prefix="straggler-compare-") as scratch:
    folder = pathlib.Path(scratch)
    program = folder / "program"
    fixture.build(program)
    theirs = helgrind.run([str(program)], folder, LIMIT)
    report = observe(straggler, fixture, program, folder)
    ours = locks_by_thread(report) if report is not None else None
    return theirs.said(), in_words(report), theirs.ended and not theirs.cut_off and sorted(theirs.holders) == ours


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--straggler", required=True, help="the built command line")
  parser.add_argument("names", nargs="*", help="only fixtures whose path contains one of these")
  arguments = parser.parse_args()
  straggler = os.path.abspath(arguments.straggler)
  why = packages.install(("valgrind",), ("valgrind", "libc6-dbg"))
  if why is not None:
    parser.error(why)
  root = pathlib.Path(__file__).resolve().parent.parent.parent / "Fixtures"
  paths = sorted([*root.glob("C/*.c"), *root.glob("Cpp/*.cpp")])
  chosen = [path for path in paths if not arguments.names or any(name in str(path) for name in arguments.names)]
  rows, wrong = [], []
  for fixture in map(Fixture, chosen):
    theirs, ours, same = compare(straggler, fixture)
    reason = EXPLAINED.get(fixture.name, "")
    if same == bool(reason):
      wrong.append(f"{fixture.name}: " + ("both say the same, and it is explained" if same else "not explained"))
    rows.append((fixture.name, theirs, ours, "the same" if same and not reason else reason or "NOT EXPLAINED"))
    print(" | ".join(rows[-1]), flush=True)
  print(f"\n{markdown(('fixture', 'Helgrind says', 'we say', 'why'), rows)}\n")
  for line in wrong:
    print(line)
  print(f"{len(rows)} compared, {sum(1 for row in rows if row[3] == 'the same')} the same, {len(wrong)} wrong")
  return 1 if wrong else 0


if __name__ == "__main__":
  sys.exit(main())
