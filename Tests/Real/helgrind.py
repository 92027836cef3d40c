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
  holders: list  # (thread's number as Helgrind counts, how many locks), for each "Exiting thread still holds N locks"
  others: list  # kinds of its other errors

  def said(self):
    parts = [f"thread {thread} holds {count} lock{'' if count == 1 else 's'}" for thread, count in self.holders]
    if not self.ended:
      parts.append("no end within the time limit")
    if self.others:
      parts.append("besides: " + ", ".join(sorted(set(self.others))))
    return "; ".join(parts) or "nothing"


_HOLDS = re.compile(r"Thread #(\d+): Exiting thread still holds (\d+) locks?")


def _errors(text):
  """The XML's errors; a process that was cut off leaves the document open."""
  end = text.rfind("</error>")
  if end < 0:
    return []
  return xml.etree.ElementTree.fromstring(text[:end] + "</error></valgrindoutput>").iter("error")


def run(command, folder, limit):
  """Runs `command` in `folder` under Helgrind, at most `limit` seconds."""
  file = pathlib.Path(folder) / "helgrind.xml"
  process = subprocess.Popen(
    ["valgrind", "--tool=helgrind", "--xml=yes", f"--xml-file={file}", *command], cwd=folder, stdin=subprocess.DEVNULL,
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
  try:
    process.wait(limit)
    ended = True
  except subprocess.TimeoutExpired:
    os.killpg(process.pid, signal.SIGKILL)  # with what it started
    process.wait()
    ended = False
  holders, others = [], []
  for error in _errors(file.read_text() if file.exists() else ""):
    text = error.findtext("xwhat/text") or error.findtext("what") or ""
    held = _HOLDS.search(text)
    if held:
      holders.append((int(held.group(1)), int(held.group(2))))
    else:
      others.append(error.findtext("kind") or "?")
  return HelgrindRun(ended, holders, others)
