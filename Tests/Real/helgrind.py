"""Runs a program under Valgrind's Helgrind and reads which threads it saw end with locks in their hands."""

import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import xml.etree.ElementTree


@dataclasses.dataclass
class HelgrindRun:
  """What Helgrind said of one run."""

  ended: bool  # within the time limit
  cut_off: str  # why it could not say all that it had to; empty where it could
  holders: list  # (thread's number as Helgrind counts, how many locks), for each "Exiting thread still holds N locks"
  others: list  # kinds of its other errors

  def said(self):
    parts = [f"thread {thread} holds {count} lock{'' if count == 1 else 's'}" for thread, count in self.holders]
    if not self.ended:
      parts.append("no end within the time limit")
    if self.cut_off:
      parts.append(self.cut_off)
    if self.others:
      parts.append("besides: " + ", ".join(sorted(set(self.others))))
    return "; ".join(parts) or "nothing"


_ASSERTION = re.compile(r"^Helgrind: (.*Assertion .* failed)", re.MULTILINE)
_HOLDS = re.compile(r"Thread #(\d+): Exiting thread still holds (\d+) locks?")


def _errors(text):
  """The XML's errors; a process that was cut off leaves the document open."""
  end = text.rfind("</error>")
  if end < 0:
    return []
  return xml.etree.ElementTree.fromstring(text[:end] + "</error></valgrindoutput>").iter("error")


def _cut_off(status, output):
  """valgrind(1) makes system calls of its own, which a program's seccomp filter may not list."""
  assertion = _ASSERTION.search(output)
  if assertion:
    return f"Helgrind failed: {assertion.group(1)}"
  return "ended by the program's own filter" if status == -signal.SIGSYS else ""


def run(command, folder, limit):
  """Runs `command` in `folder` under Helgrind, at most `limit` seconds."""
  folder = pathlib.Path(folder)
  output = folder / "helgrind.stderr"
  with output.open("wb") as errors:
    process = subprocess.Popen(
      ["valgrind", "--tool=helgrind", "--xml=yes", f"--xml-file={folder}/helgrind.%p.xml", *command], cwd=folder,
      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)
  try:
    process.wait(limit)
    ended = True
  except subprocess.TimeoutExpired:
    os.killpg(process.pid, signal.SIGKILL)  # with what it started
    process.wait()
    ended = False
  holders, others = [], []
  # A child that was forked writes a file of its own.
  errors = [error for file in sorted(folder.glob("helgrind.*.xml")) for error in _errors(file.read_text())]
  for error in errors:
    text = error.findtext("xwhat/text") or error.findtext("what") or ""
    held = _HOLDS.search(text)
    if held:
      holders.append((int(held.group(1)), int(held.group(2))))
    else:
      others.append(error.findtext("kind") or "?")
  return HelgrindRun(ended, _cut_off(process.returncode, output.read_text(errors="replace")), holders, others)
