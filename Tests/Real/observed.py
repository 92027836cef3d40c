"""Runs a program alone or under `straggler run`, bounded in time, and says what came of it."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import time


@dataclasses.dataclass
class Outcome:
  """What one run of a program did."""

  status: int  # as a shell counts it: 128+S for a death by signal S
  seconds: float
  stdout: bytes
  stderr: bytes
  files: dict  # path in the working folder -> content
  timed_out: bool
  report: object = None  # the JSON report of an observed run; None where there is none

  @property
  def shown(self):
    """Everything that could be seen of the run."""
    return b"\n".join([self.stdout, self.stderr, *(content for content in self.files.values() if content)])


class Launch:
  """A program that has been started in `folder`, observed where `straggler` is given."""

  def __init__(self, command, folder, straggler=None, stdin=None, user=None):
    self.folder = pathlib.Path(folder)
    # In the working folder: another user may write nowhere else.
    self.report_file = self.folder / ".straggler.json" if straggler else None
    if straggler:
      # A report in a file takes the place of the one on standard error, which stays the program's own.
      command = [
        straggler, "run", "--fail-on", "never", "--only", "*", "--report", f"json={self.report_file}", "--", *command]
    self._stdout = open(self.folder.parent / (self.folder.name + ".out"), "w+b")
    self._stderr = open(self.folder.parent / (self.folder.name + ".err"), "w+b")
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    self._begin = time.monotonic()
    self.process = subprocess.Popen(
      command, cwd=self.folder, stdin=source, stdout=self._stdout, stderr=self._stderr, start_new_session=True,
      env=dict(os.environ, LC_ALL="C.UTF-8"), user=user)
    if stdin:
      source.close()

  def wait(self, limit, files=()):
    """Waits for the end, at most `limit` seconds; a program that is late is killed with all that it started."""
    timed_out = False
    try:
      self.process.wait(limit)
    except subprocess.TimeoutExpired:
      timed_out = True
      os.killpg(self.process.pid, signal.SIGKILL)
      self.process.wait()
    seconds = time.monotonic() - self._begin
    status = self.process.returncode
    return Outcome(
      status if status >= 0 else 128 - status, seconds, self._read(self._stdout), self._read(self._stderr),
      {name: self._content(name) for name in files}, timed_out, self._report())

  @staticmethod
  def _read(stream):
    stream.seek(0)
    content = stream.read()
    stream.close()
    return content

  def _content(self, name):
    path = self.folder / name
    return path.read_bytes() if path.exists() else None

  def _report(self):
    if self.report_file is None or not self.report_file.exists():
      return None
    return json.loads(self.report_file.read_text())


def differences(plain, observed, compared):
  """What an observed run did otherwise than the one alone, each in a few words.

  `compared` maps the names of what must be the same ("stdout", "stderr", or a file) to how it is prepared for that.
  """
  found = []
  if observed.timed_out:
    return ["did not end in time"]
  if observed.report is None:
    found.append("no report")
  if plain.status != observed.status:
    found.append(f"status {observed.status} instead of {plain.status}")
  for name, prepared in compared.items():
    was, now = (getattr(run, name, None) if hasattr(run, name) else run.files[name] for run in (plain, observed))
    if was is None or now is None:
      if was is not now:
        found.append(f"{name}: only there {'alone' if now is None else 'observed'}")
    elif prepared(was) != prepared(now):
      found.append(f"{name} differs")
  return found
