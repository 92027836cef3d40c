#!/usr/bin/env python3
"""Runs programs under `straggler run` for a long time, ends them at random moments, and checks every single run.

Straggler must neither crash nor hang; the status is the program's own; the report parses strictly, nothing is lost, every
record can be read; and of the programs of our own, which publish what each thread has, no owner is wrong and nothing is
missed. A run with a fault keeps its folder. Prints a table; the status is 1 if there was a fault.
"""

import argparse
import collections
import dataclasses
import multiprocessing
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import descendants
import packages
from soakrun import Run
from table import markdown

HEADER = ("program", "runs", "killed", "findings", "not judged", "faults")


@dataclasses.dataclass(frozen=True)
class Program:
  name: str
  work: object = None  # of our own program
  path: str = ""
  arguments: tuple = ()  # of stress-ng


def stressor(name, *arguments):
  return Program(f"stress-ng {name}", arguments=(f"--{name}", "2", *arguments))


# Not exec: run by root it does nothing, and what is started here has no other user to be. `make real` has it.
STRESSORS = [
  stressor("pthread", "--pthread-max", "64"), stressor("mutex"), stressor("sem"), stressor("sem-sysv"),
  stressor("futex"), stressor("fork"), stressor("vfork"), stressor("clone", "--clone-max", "64"),
  stressor("exit-group"), stressor("daemon"), stressor("kill"), stressor("sigq"), stressor("sigpending"),
  stressor("sigsuspend"), stressor("mmapfork"), stressor("zombie"), stressor("dnotify"), stressor("open"),
  stressor("dup"), stressor("flock"), stressor("lockf"), stressor("fcntl"), stressor("pipe"), stressor("eventfd"),
  stressor("robust"), stressor("spawn"), stressor("switch"), stressor("yield"),
]
WORKS = ("locks", "files", "children", "everything")


def build(folder):
  """Compiles our own program."""
  source = pathlib.Path(__file__).resolve().parent / "soak"
  path = folder / "soak"
  subprocess.run(
    ["cc", "-std=gnu17", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", *sorted(source.glob("*.c")), "-o", path],
    check=True)
  return str(path)


def known_stressors():
  """Those that this stress-ng has."""
  words = subprocess.run(["stress-ng", "--stressors"], capture_output=True, text=True, check=True).stdout.split()
  return [program for program in STRESSORS if program.arguments[0].lstrip("-") in words]


def run_once(straggler, program, seed, scratch):
  """A run in a folder of its own, which goes with it where nothing is wrong."""
  folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{program.name.replace(' ', '-')}-{seed}-", dir=scratch))
  result = Run(straggler, program, seed, folder).go()
  if result.faults:
    (folder / "faults").write_text("\n".join(result.faults) + "\n")
    result.faults = [f"{folder}: {fault}" for fault in result.faults]
  else:
    shutil.rmtree(folder, ignore_errors=True)
  return result


def work(straggler, programs, first_seed, step, end, scratch, results):
  """One of the workers: a run after the other until the time is over."""
  # Not ignored: what is ignored, the programs inherit.
  signal.signal(signal.SIGINT, lambda number, frame: None)
  descendants.adopt_orphans()
  seed = first_seed
  while time.monotonic() < end:
    chance = random.Random(seed)
    own = [program for program in programs if program.work]
    others = [program for program in programs if not program.work]
    # A stressor takes ten times as long.
    kinds = [kind for kind, weight in ((own, 0.9), (others, 0.1)) if kind for _ in range(int(weight * 10))]
    results.put(run_once(straggler, chance.choice(chance.choice(kinds)), seed, scratch))
    seed += step
  results.put(None)


class Table:
  """What has come so far."""

  def __init__(self, seconds):
    self.begun = time.monotonic()
    self.seconds = seconds
    self.rows = collections.defaultdict(lambda: [0, 0, 0, 0, 0])
    self.faults = []
    self.unattached = 0
    self.slowest, self.slowest_name = 0, ""

  def add(self, result):
    row = self.rows[result.program]
    for index, count in enumerate((1, result.killed, result.findings, result.unsure, len(result.faults))):
      row[index] += count
    self.unattached += not result.attached
    if result.seconds > self.slowest:
      self.slowest, self.slowest_name = result.seconds, f"{result.program}, seed {result.seed}"
    for fault in result.faults:
      self.faults.append(fault)
      self._clear_line()
      print(f"FAULT: {result.program}, seed {result.seed}: {fault}", flush=True)

  def _clear_line(self):
    if sys.stdout.isatty():
      print("\r\033[K", end="")

  def show_progress(self):
    if not sys.stdout.isatty():
      return
    past = time.monotonic() - self.begun
    runs = sum(row[0] for row in self.rows.values())
    print(f"\r\033[K{past:.0f} s of {self.seconds} s, {runs} runs, {len(self.faults)} faults", end="", flush=True)

  def finish(self):
    self._clear_line()
    rows = [(name, *row) for name, row in sorted(self.rows.items())]
    rows.append(("all", *(sum(column) for column in zip(*(row[1:] for row in rows)))))
    past = time.monotonic() - self.begun
    print(
      f"{markdown(HEADER, rows)}\n\n{past:.0f} s; the longest run took {self.slowest:.1f} s ({self.slowest_name}); "
      f"{self.unattached} killed before the recorder attached; {len(self.faults)} faults", flush=True)


def choose(arguments, scratch):
  programs = []
  why = packages.install(("stress-ng",), ("stress-ng",))
  if why is None:
    programs += known_stressors()
  else:
    print(f"skipped: stress-ng: {why}")
  path = build(scratch)
  programs += [Program(f"soak {work}", work=work, path=path) for work in WORKS]
  return [one for one in programs if not arguments.names or any(name in one.name for name in arguments.names)]


def soak(arguments, programs, scratch):
  table, results = Table(arguments.seconds), multiprocessing.Queue()
  end = time.monotonic() + arguments.seconds
  workers = [
    multiprocessing.Process(
      target=work,
      args=(arguments.straggler, programs, arguments.seed + n, arguments.workers, end, scratch, results),
      daemon=True)  # ended with this process
    for n in range(arguments.workers)]
  for worker in workers:
    worker.start()
  signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # not the workers': they just end
  left = len(workers)
  while left:
    result = results.get()
    if result is None:
      left -= 1
      continue
    table.add(result)
    table.show_progress()
  for worker in workers:
    worker.join()
  table.finish()
  return 1 if table.faults else 0


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--straggler", required=True, help="the built command line")
  parser.add_argument("--seconds", type=float, default=3600)
  parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first run; each run has its own")
  parser.add_argument("--workers", type=int, default=2, help="runs at a time (default: 2)")
  parser.add_argument("--once", action="store_true", help="one run with this seed, of the one program that is named")
  parser.add_argument("names", nargs="*", help="only programs whose name contains one of these")
  arguments = parser.parse_args()
  arguments.straggler = os.path.abspath(arguments.straggler)
  scratch = pathlib.Path(tempfile.mkdtemp(prefix="straggler-soak-"))
  programs = choose(arguments, scratch)
  if not programs:
    parser.error(f"no program's name contains {' or '.join(arguments.names)}")
  print(f"first seed {arguments.seed}, {arguments.workers} at a time, in {scratch}", flush=True)
  if arguments.once:
    descendants.adopt_orphans()
    result = run_once(arguments.straggler, programs[0], arguments.seed, scratch)
    print("\n".join(result.faults) or "no fault")
    return 1 if result.faults else 0
  status = soak(arguments, programs, scratch)
  if status == 0:
    shutil.rmtree(scratch, ignore_errors=True)
  return status


if __name__ == "__main__":
  sys.exit(main())
