#!/usr/bin/env python3
"""Runs one program with known findings in the company of other tools, which want the same process for themselves.

The companion must work as it does without us, the program's output and status must be its own, and the findings those
that it has alone, with thread, function and line. Prints a table; the status is 0 only if all of that is so.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import packages
from companions import COMPANIONS
from observed import Launch
from table import markdown, tally

SOURCE = pathlib.Path(__file__).resolve().parent / "Programs" / "company.c"
LIMIT = 120
NAME = "company"
HEADER = ("in company of", "version", "brought in", "findings and output")


def marked_line(words):
  """The line of the program that has this comment."""
  lines = SOURCE.read_text().splitlines()
  return next(number for number, line in enumerate(lines, 1) if line.endswith(f"// {words}"))


def expected():
  """What the program's report must say, as `findings` tells it."""
  return sorted([
    ("abandoned-lock", "error", "holder", "hold_journal", marked_line("held here"), "waited for by waiter"),
    ("abandoned-file", "note", "holder", "holder", marked_line("opened here"), "27 bytes unflushed"),
    ("abandoned-thread", "note", "waiter", "", 0, "waits for journal of holder"),
  ])


def _detail(finding):
  waiting = finding.get("waitingFor")
  if waiting:
    return f"waits for {waiting['name']} of {', '.join(str(holder['name']) for holder in waiting['holders'])}"
  if finding["waiters"]:
    return f"waited for by {', '.join(str(waiter['name']) for waiter in finding['waiters'])}"
  unflushed = (finding.get("resource") or {}).get("unflushedBytes")
  return f"{unflushed} bytes unflushed" if unflushed is not None else ""


def findings(report, own_threads=0):
  """The findings of the program's process, reduced to what must be right. So many nameless threads that hold nothing are a
  tool's own, alive at exit as the report says; one that is missing stands in the list as well as one too many."""
  found = []
  for finding in report["findings"]:
    if finding["rule"] == "abandoned-thread" and not finding["thread"]["name"]:
      own_threads -= 1 + len(finding["similar"])
      continue
    frames = (finding.get("acquired") or {}).get("frames") or [{"function": "", "line": 0}]
    found.append((
      finding["rule"], finding["level"], finding["thread"]["name"], frames[0]["function"], frames[0]["line"],
      _detail(finding)))
  if own_threads != 0:
    found.append(("abandoned-thread", "note", "", "", 0, f"{abs(own_threads)} {'too many' if own_threads < 0 else 'missing'}"))
  return sorted(found)


def processes(report):
  """A report, and those of all processes below."""
  return [report, *(one for child in report["children"] for one in processes(child))]


def is_program(report):
  process = report["process"]
  return any(os.path.basename(word) == NAME for word in (process["executable"], process["arguments"][0]))


def build(companion, folder):
  program = folder / NAME
  subprocess.run(
    [*companion.compiler, "-g", "-O1", "-pthread", str(SOURCE), "-o", str(program)], check=True, text=True,
    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
  return str(program)


def program_words(companion, program, placed):
  """The program, with what brings its companion in; `placed` says where a library stands beside ours."""
  words = [*companion.within, program, "written", "7"]
  if placed == "before ours":
    # As a wrapper does that knows of LD_PRELOAD: the program's own loader reads it.
    words = ["sh", "-c", f'export LD_PRELOAD="{companion.library}${{LD_PRELOAD:+:$LD_PRELOAD}}"; exec "$0" "$@"', *words]
  return words


def run(companion, program, folder, straggler, placed):
  """The outcome of one run, and its report where it is observed."""
  folder.mkdir()
  report = folder / "report.json"
  words = program_words(companion, program, placed)
  if straggler:
    words = [straggler, "run", "--fail-on", "never", "--only", "*", "--report", f"json={report}", "--", *words]
  environment = list(companion.environment)
  if placed == "behind ours":
    environment.append(f"LD_PRELOAD={companion.library}")
  outcome = Launch([*(["env", *environment] if environment else []), *companion.around, *words], folder).wait(LIMIT)
  return outcome, json.loads(report.read_text()) if report.exists() else None


def run_unspoilt(companion, program, folder, straggler, placed):
  """The same, run again where the companion spoilt it, two times at most."""
  for attempt in range(3):
    outcome, report = run(companion, program, folder.with_name(f"{folder.name}-{attempt}"), straggler, placed)
    if not companion.own_fault or companion.own_fault.encode() not in outcome.shown:
      break
  return outcome, report


def problems_of(companion, alone, outcome, report):
  if outcome.timed_out:
    return ["did not end in time"]
  problems = []
  if outcome.status != companion.status:
    problems.append(f"status {outcome.status} instead of {companion.status}: {outcome.stderr[-200:]!r}")
  if companion.shows.encode() not in outcome.shown:
    problems.append(f"did not show {companion.shows!r}")
  if companion.same_output and outcome.stdout != alone.stdout:
    problems.append("standard output differs")
  if companion.same_output and outcome.stderr != alone.stderr:
    problems.append(f"standard error differs: {outcome.stderr[-200:]!r}")
  if report is None:
    return [*problems, "no report"]
  mine = [one for one in processes(report) if is_program(one) and one["process"]["exit"]["kind"] != "exec"]
  if len(mine) != 1:
    return [*problems, f"{len(mine)} reports on the program"]
  wanted, found = expected(), findings(mine[0], companion.own_threads)
  problems += [f"not found: {finding}" for finding in wanted if finding not in found]
  problems += [f"found: {finding}" for finding in found if finding not in wanted]
  lost = sum(one["lost"] for one in processes(report))
  return problems + ([f"{lost} records lost"] if lost else [])


def check(companion, straggler, placed):
  """Returns the row of one way of being in company, and whether it is as it must be."""
  library = (companion.library,) if companion.library else ()
  why = packages.install((*companion.needs, *library), companion.packages)
  if why is not None:
    return (companion.name, "", placed, f"skipped: {why}"), True
  with tempfile.TemporaryDirectory(prefix="straggler-company-") as scratch:
    folder = pathlib.Path(scratch)
    try:
      program = build(companion, folder)
    except subprocess.CalledProcessError as error:
      words = " ".join(error.stderr.split())[-200:]
      return (companion.name, "", placed, f"{' '.join(companion.compiler)} does not build: {words}"), False
    alone, _ = run_unspoilt(companion, program, folder / "alone", None, placed)
    observed, report = run_unspoilt(companion, program, folder / "observed", straggler, placed)
    problems = []
    if alone.status != companion.status or companion.shows.encode() not in alone.shown:
      problems.append(f"can't be judged: alone status {alone.status}, {alone.shown[-200:]!r}")
    problems += problems_of(companion, alone, observed, report)
  return (companion.name, version_of(companion), placed, "; ".join(problems) or "the same"), not problems


def version_of(companion):
  if companion.library:
    return packages.installed_version(companion.packages[0])
  tool = companion.compiler[0] if companion.compiler != ("cc",) else (companion.needs or (None,))[0]
  if tool is None:
    return ""
  if tool == "fakeroot" or tool == "eatmydata":  # they have no --version, or none that is a number
    return packages.installed_version(companion.packages[0])
  return packages.version([tool, "--version"])


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--straggler", required=True, help="the built command line")
  parser.add_argument("names", nargs="*", help="only companions whose name contains one of these")
  arguments = parser.parse_args()
  straggler = os.path.abspath(arguments.straggler)
  if not os.access(straggler, os.X_OK):
    parser.error(f"{straggler}: not there, or not executable; build it with `make company`")
  chosen = [one for one in COMPANIONS if not arguments.names or any(name in one.name for name in arguments.names)]
  rows, failed = [], 0
  for companion in chosen:
    places = ("behind ours", "before ours") if companion.library else ("around",) if companion.around else ("",)
    for placed in places:
      row, right = check(companion, straggler, placed)
      print(" | ".join(row), flush=True)
      rows.append(row)
      failed += not right
  print(f"\n{markdown(HEADER, rows)}\n\n{tally(rows, failed)}")
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())
