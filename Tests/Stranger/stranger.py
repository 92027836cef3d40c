#!/usr/bin/env python3
"""Builds somebody else's package, which depends on this one by path, and runs its tests as a CI job would.

Red first: the leaks by the tests that leave them, nothing on the others, and the report of the process's end with the thread,
the lock and the line; by itself, under `straggler run`, and by the command plugin. Then the guide's fix, and green.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent

# Which test leaves which thread.
LEAKS = {"leaves its writer": "leaked-writer", "leaves its writer, started in a task of its own": "leaked-by-task"}
# Its thread is made by a thread of the test's: while other tests run, nobody can say more than which ones.
INDIRECT = {"leaves a writer that its thread started": "made-by-thread"}
# What a test was told to ignore: the report of the process's end has it.
IGNORED = {"ignores what it is told to": "ignored-writer"}
XCTEST_LEAKS = {"testLeavesItsWriter": "leaked-by-test", "testLeavesItsWriterInATask": "leaked-by-async"}

ALL = {*LEAKS.values(), *INDIRECT.values(), *IGNORED.values(), *XCTEST_LEAKS.values()}


class Failed(Exception):
  pass


def check(condition, what, seen=""):
  if not condition:
    raise Failed(f"{what}\n{seen}")


class Stranger:
  def __init__(self, swift, scratch, straggler):
    self.swift = [swift]
    self.scratch = ["--package-path", str(HERE), "--scratch-path", str(scratch)]
    self.scratch_folder = scratch
    self.straggler = straggler
    self.out = scratch / "reports"
    self.out.mkdir(parents=True, exist_ok=True)

  def fresh(self, name):
    path = self.out / name
    path.unlink(missing_ok=True)
    return path

  def command(self, command, mended=False, **environment):
    values = {name: value for name, value in os.environ.items() if not name.startswith("STRAGGLER_")}
    values.update(environment)
    if mended:
      values["JOURNAL_MENDED"] = "1"
    return subprocess.run(
      command, env=values, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=1800)

  def build(self):
    built = self.command(self.swift + ["build", "--build-tests"] + self.scratch)
    check(built.returncode == 0, "the package does not build", built.stdout + built.stderr)

  def test(self, library, mended, only=None, **environment):
    """Runs the tests of one library. Returns how it ended, Swift Testing's events, and the report of the process's end."""
    events, report = self.fresh("events.jsonl"), self.fresh(f"{library}.json")
    command = self.swift + ["test", "--skip-build"] + self.scratch
    if library == "swift-testing":
      command += ["--disable-xctest", "--event-stream-version", "6.3", "--event-stream-output-path", str(events)]
    else:
      command += ["--disable-swift-testing"]
    if only:
      command += ["--filter", only]
    ended = self.command(
      command, mended, STRAGGLER_OPTIONS=f"--report text --report 'json={report}'", **environment)
    lines = events.read_text().splitlines() if events.exists() else []
    check(report.exists(), f"{library}: no report at the process's end", ended.stdout + ended.stderr)
    return ended, [json.loads(line) for line in lines], json.loads(report.read_text())


def issues(events):
  """(test, is it a failure, text) of every issue."""
  names = {
    event["payload"]["id"]: event["payload"].get("displayName") or event["payload"]["name"]
    for event in events if event["kind"] == "test"
  }
  for event in events:
    payload = event["payload"]
    if event["kind"] != "event" or payload["kind"] != "issueRecorded":
      continue
    text = " ".join(message["text"] for message in payload["messages"])
    yield names.get(payload.get("testID"), "?"), payload["issue"].get("severity") != "warning", payload, text


def heavy(report):
  """The findings above a note, of every process, each with the process's executable."""
  process = report.get("process") or {}
  for finding in report["findings"]:
    if finding["level"] != "note":
      yield process.get("executable", "?"), finding
  for child in report["children"]:
    yield from heavy(child)


def threads(finding):
  return {one["name"] for one in [finding["thread"]] + finding["similar"] if one}


def check_end_of_process(report, expected):
  found = list(heavy(report))
  check(found, "the process's end has no finding")
  for executable, finding in found:
    check(executable.endswith(".xctest"), f"a finding of {executable}", finding)
    check(finding["rule"] == "abandoned-lock", "an unexpected finding", finding)
    check(finding["resource"]["kind"] == "mutex", "not the lock", finding)
    place = next(frame for frame in finding["acquired"]["frames"] if (frame["file"] or "").endswith("Journal.swift"))
    check_is_lock_line(place["line"], place)
  named = set().union(*(threads(finding) for _, finding in found))
  check(named == set(expected), f"threads {named} instead of {set(expected)}", found)


def check_names_lock(test, text):
  check("mutex" in text and "[abandoned-lock]" in text, f"{test}: does not name the lock", text)
  place = re.search(r"acquired at Journal\.swift:(\d+):\d+ in Journal\.write\(\)", text)
  check(place, f"{test}: does not name the line", text)
  check_is_lock_line(int(place[1]), text)


def check_is_lock_line(number, seen):
  source = (HERE / "Sources/Journal/Journal.swift").read_text().splitlines()
  check("lock.lock()" in source[number - 1], "not the line", seen)


def check_red(stranger):
  ended, events, report = stranger.test("swift-testing", mended=False)
  check(ended.returncode != 0, "a leak passed", ended.stdout)
  seen = {}
  for name, is_failure, payload, text in issues(events):
    thread = re.search(r'thread "([^"]*)"', text)
    check(thread, f"{name}: does not name the thread", text)
    seen[thread[1]] = text
    if thread[1] in INDIRECT.values():
      owner = next(test for test in INDIRECT if INDIRECT[test] == thread[1])
      check(name == owner if is_failure else f'"{owner}"' in text, f"{name} is accused of {thread[1]}", text)
      continue
    check(is_failure and LEAKS.get(name) == thread[1], f"{name} is accused of {thread[1]}", text)
    check_names_lock(name, text)
    location = payload["issue"]["sourceLocation"]
    line = (HERE / "Tests" / location["fileID"]).read_text().splitlines()[location["line"] - 1]
    check(name in line, f"{name} fails at another place", location)
  expected = set(LEAKS.values()) | set(INDIRECT.values())
  # An indirect one is the process's end's alone where the last two tests end at the same moment.
  check(set(LEAKS.values()) <= set(seen) <= expected, f"leaks of {set(seen)} instead of {expected}", ended.stdout)
  check_end_of_process(report, expected | set(IGNORED.values()))
  unseen = report["coverage"]["unseen"]
  check(not any("child" in line for line in unseen), "asking for a line leaves a trace in the record", unseen)


def check_xctest_red(stranger):
  ended, _, report = stranger.test("xctest", mended=False)
  check(ended.returncode != 0, "XCTest: a leak passed", ended.stdout)
  said = ended.stdout + ended.stderr
  failures = re.findall(r'error: JournalXCTests\.(\w+) : left behind by this test .*?thread "([^"]*)"', said)
  check(dict(failures) == XCTEST_LEAKS and len(failures) == 2, f"XCTest: {failures}", said)
  for test, text in re.findall(r"error: JournalXCTests\.(\w+) : (.*)", said):
    check_names_lock(test, text)
  check_end_of_process(report, XCTEST_LEAKS.values())


def check_green(stranger):
  for library in ("swift-testing", "xctest"):
    ended, events, report = stranger.test(library, mended=True)
    check(ended.returncode == 0, f"{library}: mended, and still red", ended.stdout + ended.stderr)
    check(not list(issues(events)), f"{library}: mended, and an issue", ended.stdout)
    check(not list(heavy(report)), f"{library}: mended, and a finding", list(heavy(report)))


def check_alone(stranger):
  """The testing library opens its events' file on a pool thread: a test that nobody else can have left it, has not either."""
  ended, events, report = stranger.test("swift-testing", mended=False, only="closes what it opened")
  started = [event for event in events if event["kind"] == "event" and event["payload"]["kind"] == "testStarted"]
  check(started, "no test ran", ended.stdout + ended.stderr)
  check(not list(issues(events)), "a test is accused of what the testing library has open", list(issues(events)))
  check(ended.returncode == 0 and not list(heavy(report)), "a clean test is red", ended.stdout + ended.stderr)


def check_queue(stranger):
  """One test blocks a Dispatch queue with a lock in its hand; those after it are not named."""
  _, events, _ = stranger.test("swift-testing", mended=False, only="QueueTests", JOURNAL_BLOCKS_QUEUE="1")
  found = list(issues(events))
  check([name for name, *_ in found] == ["blocks a queue"], "not one test is named", found)
  _, is_failure, _, text = found[0]
  check(not is_failure and 'left behind by one of "blocks a queue", or by something' in text, "another warning", text)


def check_under_run(stranger):
  """`swift test` starts package tools and compilers; the report is about the test program."""
  for mended in (False, True):
    report = stranger.fresh("run.json")
    ended = stranger.command(
      [stranger.straggler, "run", "--report", f"json={report}", "--"] + stranger.swift
      + ["test", "--skip-build"] + stranger.scratch, mended)
    check((ended.returncode == 0) == mended, f"run: status {ended.returncode}", ended.stdout + ended.stderr)
    check(report.exists(), "run: no report", ended.stdout + ended.stderr)
    found = json.loads(report.read_text())
    if mended:
      check(not list(heavy(found)), "run: mended, and a finding", list(heavy(found)))
    else:
      check_end_of_process(found, ALL)


def check_plugin(stranger):
  for mended in (False, True):
    report = stranger.fresh("plugin.json")
    ended = stranger.command(
      stranger.swift + ["package"] + stranger.scratch + ["straggler", "--report", "text", "--report", f"json={report}"],
      mended)
    said = ended.stdout + ended.stderr
    check(ended.returncode == (0 if mended else 1), f"plugin: status {ended.returncode}", said)
    check(report.exists(), "plugin: no report", said)
    found = json.loads(report.read_text())
    if mended:
      check(not list(heavy(found)), "plugin: mended, and a finding", list(heavy(found)))
    else:
      # Both libraries' tests make the same mistake: merged, it is kept in the run that made it most often.
      mistakes = [finding for _, finding in heavy(found)]
      named = set().union(*map(threads, mistakes))
      check(named == ALL - set(XCTEST_LEAKS.values()), f"plugin: {named}", said)
      check([mistake["count"] for mistake in mistakes] == [2], "plugin: not found in both libraries' runs", mistakes)


def check_no_unsafe_flags(stranger):
  """SwiftPM refuses them in what a package by version depends on: no target that a product of these reaches has any."""
  dump = stranger.command(stranger.swift + ["package", "--package-path", str(ROOT), "dump-package"])
  check(dump.returncode == 0, "dump-package failed", dump.stderr)
  package = json.loads(dump.stdout)
  targets = {target["name"]: target for target in package["targets"]}
  offered = ("StragglerTesting", "Straggler", "CStragglerInterpose", "StragglerPlugin", "straggler")
  reached = {name for product in package["products"] if product["name"] in offered for name in product["targets"]}
  left = list(reached)
  while left:
    for dependency in targets[left.pop()]["dependencies"]:
      name = (dependency.get("byName") or dependency.get("target") or [None])[0]
      if name in targets and name not in reached:
        reached.add(name)
        left.append(name)
  unsafe = [name for name in reached if "unsafeFlags" in json.dumps(targets[name]["settings"])]
  check("straggler" in reached and not unsafe, f"unsafe flags reach a stranger: {unsafe}", reached)


def check_company(stranger):
  """What the test program brings: libunwind in the observed process takes C++ destructors away at pthread_exit."""
  program = stranger.scratch_folder / "debug/journalPackageTests.xctest"
  needed = stranger.command(["readelf", "-d", str(program)])
  check(needed.returncode == 0 and "libswiftCore" in needed.stdout, "readelf failed", needed.stderr)
  check(not re.search(r"lib(unwind|elf)", needed.stdout), "the test program needs the renderer's libraries", needed.stdout)
  renderer = program.parent / "straggler_StragglerTesting.resources/straggler"
  check(os.access(renderer, os.X_OK), f"no renderer beside the tests: {renderer}")


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--swift", default="swift")
  parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build/stranger", help="where it is built")
  parser.add_argument("--straggler", required=True, help="the command line, with its preload library beside it")
  parser.add_argument("--times", type=int, default=1, help="how often the tests are run, red and green")
  options = parser.parse_args()
  stranger = Stranger(options.swift, options.scratch.resolve(), options.straggler)
  steps = [check_no_unsafe_flags, Stranger.build, check_company]
  steps += [check_red, check_xctest_red, check_green, check_alone, check_queue] * options.times + [check_under_run, check_plugin]
  for step in steps:
    try:
      step(stranger)
    except Failed as failure:
      print(f"stranger: {step.__name__}: {failure}", file=sys.stderr)
      return 1
    print(f"stranger: {step.__name__.removeprefix('check_')}: as it should be", flush=True)
  return 0


if __name__ == "__main__":
  sys.exit(main())
