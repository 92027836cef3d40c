#!/usr/bin/env python3
"""Runs real programs alone and under `straggler run`, and holds the one against the other.

A program must print, write and return the same either way, end in time, and have no finding above a note that
known.py does not account for. Prints a table; the status is 0 only if all of that is so.
"""

import argparse
import functools
import http.server
import os
import pathlib
import sys
import tempfile
import threading

import built
import inputs
import packages
from findings import findings_of, losses_of, summary, unknown_among
from known import KNOWN
from observed import Launch, differences
from programs import PROGRAMS
from servers import SERVERS, Server, free_port, wait_until_listening
from table import markdown, tally

HEADER = ("program", "version", "output and status", "time, observed / alone", "findings")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
  def log_message(self, format, *arguments):
    pass


def serve(folder):
  """Serves `folder` on loopback for the programs that fetch something. Returns the port."""
  server = http.server.ThreadingHTTPServer(
    ("127.0.0.1", 0), functools.partial(_QuietHandler, directory=str(folder)))
  threading.Thread(target=server.serve_forever, daemon=True).start()
  return server.server_port


def run_program(program, folder, straggler, values):
  command = [word.format(**values) for word in program.command]
  launch = Launch(
    command, folder, straggler, stdin=folder / program.stdin if program.stdin else None,
    user="nobody" if program.unprivileged and os.geteuid() == 0 else None)
  files = [name for name in program.compared if name not in ("stdout", "stderr")]
  return launch.wait(program.limit, files)


def run_server(server, folder, straggler, values):
  """One life of a server; what its clients saw is the outcome's file "clients"."""
  port = free_port()
  configuration = folder / "nginx.conf"
  if configuration.exists():
    configuration.write_text(configuration.read_text().replace("PORT", str(port)))
  launch = Launch([word.format(**{**values, "port": port}) for word in server.command], folder, straggler)
  seen = server.work(port, folder) if wait_until_listening(port) else b"never listened"
  launch.process.send_signal(server.stop)
  outcome = launch.wait(server.limit)
  outcome.files["clients"] = seen
  return outcome


def run_once(case, scratch, name, straggler, values):
  folder = scratch / name
  folder.mkdir()
  inputs.run(case.prepare, folder)
  if case.unprivileged and os.geteuid() == 0:
    scratch.chmod(0o711)
    folder.chmod(0o777)
  one = run_server if isinstance(case, Server) else run_program
  return one(case, folder, straggler, values)


def version_of(case, values):
  command = case.version or (case.needs[0], "--version")
  return packages.version([word.format(**values) for word in command])


def check(case, arguments, values):
  """Runs one case. Returns its row, and whether it is as it must be."""
  why = packages.install(case.needs, case.packages)
  if why is None and case.build is not None:
    try:
      why = case.build(values)
    except built.BuildFailure as failure:
      return (case.name, "", str(failure), "", ""), False
  if why is not None:
    return (case.name, "", f"skipped: {why}", "", ""), True
  problems, found, times = [], [], ([], [])
  with tempfile.TemporaryDirectory(prefix="straggler-real-") as scratch:
    scratch = pathlib.Path(scratch)
    for turn in range(arguments.turns):
      plain = run_once(case, scratch, f"alone{turn}", None, values)
      observed = run_once(case, scratch, f"observed{turn}", arguments.straggler, values)
      times[0].append(plain.seconds)
      times[1].append(observed.seconds)
      if plain.status != 0:
        problems.append(f"can't be judged: status {plain.status} alone: {plain.stderr[-200:]!r}")
      if case.shows not in plain.shown:
        problems.append(f"can't be judged: alone it did not show {case.shows!r}")
      problems += [problem for problem in differences(plain, observed, case.compared) if problem not in problems]
      if observed.report is not None:
        found = findings_of(observed.report)
        lost = losses_of(observed.report)
        problems += [f"{lost} records lost"] if lost else []
        for finding in unknown_among(case.name, [one for one in found if one.level != "note"], KNOWN):
          problems.append(f"{finding.rule}: {finding.message} ({finding.process}, {finding.place})")
  alone, under = min(times[0]), min(times[1])
  row = (
    case.name, version_of(case, values), "; ".join(problems) or "same",
    f"{under / alone:.2f} ({under:.2f} s / {alone:.2f} s)", summary(found))
  return row, not problems


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--straggler", required=True, help="the built command line")
  parser.add_argument("--turns", type=int, default=2, help="runs of each program each way (default: 2)")
  parser.add_argument("names", nargs="*", help="only programs whose name contains one of these")
  arguments = parser.parse_args()
  arguments.straggler = os.path.abspath(arguments.straggler)
  if not os.access(arguments.straggler, os.X_OK):
    parser.error(f"{arguments.straggler}: not there, or not executable; build it with `make real`")
  chosen = [case for case in PROGRAMS + SERVERS
            if not arguments.names or any(name in case.name for name in arguments.names)]
  if not chosen:
    parser.error(f"no program's name contains {' or '.join(arguments.names)}")
  rows, failed = [], 0
  with tempfile.TemporaryDirectory(prefix="straggler-web-") as web:
    inputs.write_text(pathlib.Path(web))
    values = {"port": serve(web), "straggler": arguments.straggler}
    for case in chosen:
      row, right = check(case, arguments, values)
      print(" | ".join(row), flush=True)
      rows.append(row)
      failed += not right
  print(f"\n{markdown(HEADER, rows)}\n\n{tally(rows, failed)}")
  return 1 if failed else 0


if __name__ == "__main__":
  sys.exit(main())
