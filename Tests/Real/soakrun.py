"""One run of the soak: a program under `straggler run`, ended at a random moment, and what was wrong with that."""

import dataclasses
import json
import os
import random
import re
import shlex
import signal
import subprocess
import time

import descendants
import strictjson
import truth

LIMIT = 90  # seconds from the moment at which the program should have ended to the report
ENDINGS = (
  "outside", "outside", "outside", "return", "exit", "exit", "_exit", "_Exit", "quick_exit", "abort", "SIGTERM",
  "SIGKILL", "SIGSEGV", "exec", "two")
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGABRT, signal.SIGINT, signal.SIGSEGV)
DEATHS = {"abort": signal.SIGABRT, "SIGTERM": signal.SIGTERM, "SIGKILL": signal.SIGKILL, "SIGSEGV": signal.SIGSEGV}
LEAK, FAILED = 23, 125
SLOWEST_START = 5  # seconds until the recorder has attached, on a machine that has much else to do
# What a run says in its report of a process whose record could not be read.
UNREADABLE = re.compile(r"process \d+: ")


@dataclasses.dataclass
class Result:
  """What came of one run."""

  program: str
  seed: int
  seconds: float = 0
  killed: bool = False
  findings: int = 0
  unsure: int = 0
  attached: bool = True
  faults: list = dataclasses.field(default_factory=list)


class Run:
  """One run in `folder`, everything in it decided by `seed`."""

  def __init__(self, straggler, program, seed, folder):
    self.folder = folder
    self.chance = random.Random(seed)
    self.result = Result(program.name, seed)
    self.is_own = program.work is not None
    self.report_file = folder / "report.json"
    self.truth_file = folder / "truth"
    self.delay = self.chance.choice((5, 30, 100, 300)) * self.chance.random() / 1000
    if self.is_own:
      self.ending = self.chance.choice(ENDINGS)
      self.status = self.chance.choice((0, 0, 3))
      (folder / "given").write_text("given\n")
      words = [program.path, self.truth_file, program.work, seed, self.ending, int(self.delay * 1000), self.status]
      command = [str(word) for word in words]
    else:
      self.delay += self.chance.choice((0, 1))
      self.ending = self.chance.choice(("outside", "own"))
      command = ["stress-ng", *program.arguments, "--timeout", "2", "--temp-path", "."]
    self.fails = self.chance.random() < 0.3
    options = ["--fail-on", "error" if self.fails else "never", "--only", "*"]
    options += ["--exit-timeout", "30s"] if self.chance.random() < 0.2 else []
    self.command = [straggler, "run", *options, "--report", f"json={self.report_file}", "--", *command]
    (folder / "command").write_text(f"cd {shlex.quote(str(folder))} && {shlex.join(self.command)}\n")

  def go(self):
    begun = time.monotonic()
    with open(self.folder / "stdout", "wb") as out, open(self.folder / "stderr", "wb") as err:
      self.process = subprocess.Popen(
        self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
      sent = self._end_from_outside() if self.ending == "outside" else None
      try:
        status = self.process.wait(LIMIT)
      except subprocess.TimeoutExpired:
        self._say(f"HANG: no end {LIMIT} s after it should have come; {self._states()}")
        self.process.kill()
        status = None
    self.result.seconds = time.monotonic() - begun
    # What outlived the run writes into its folder.
    descendants.end_all()
    if status is not None:
      self._judge(status, sent)
    return self.result

  def _say(self, fault):
    self.result.faults.append(fault)

  def _states(self):
    """Who stands where, for a run that hangs."""
    found = []
    for pid in [self.process.pid, *descendants.below(self.process.pid)]:
      try:
        with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/wchan") as where:
          found.append(f"{pid} {stat.read().split(')')[0].split('(')[-1]} in {where.read() or '?'}")
      except OSError:
        pass
    return ", ".join(found)

  # MARK: Killing

  def _program(self):
    """The program's process, as soon as it is there; None where the run ended before."""
    while self.process.poll() is None:
      for pid in descendants.children_of(self.process.pid):
        try:
          if os.readlink(f"/proc/{pid}/exe") != os.readlink(f"/proc/{self.process.pid}/exe"):
            return pid
        except OSError:
          pass
      time.sleep(0.0005)
    return None

  def _end_from_outside(self):
    """Sends a signal at a random moment. Returns it, where it reached the program."""
    pid = self._program()
    if pid is None:
      return None
    early = self.chance.random() < 0.15
    while self.is_own and not early and self.process.poll() is None and truth.read(self.truth_file) is None:
      time.sleep(0.001)
    time.sleep(self.delay)
    number = self.chance.choice(SIGNALS)
    target = pid
    if not self.is_own and self.chance.random() < 0.5:
      target = self.chance.choice([pid, *descendants.below(pid)])
    elif number in (signal.SIGTERM, signal.SIGINT) and self.chance.random() < 0.3:
      target = self.process.pid  # who passes it on
    try:
      os.kill(target, number)
    except ProcessLookupError:
      return None
    self.result.killed = True
    with open(self.folder / "command", "a") as file:
      file.write(f"# {number.name} to {target} after {self.delay:.4f} s\n")
    return number if self.is_own else None

  # MARK: Judging

  def _judge(self, status, sent):
    status = status if status >= 0 else 128 - status
    published = truth.read(self.truth_file) if self.is_own else None
    errors = (self.folder / "stderr").read_text(errors="replace")
    unattached = status == FAILED and published is None and self.result.killed and "did not attach" in errors
    if unattached and self.delay < SLOWEST_START:
      self.result.attached = False  # it was ended before anything of it ran
      return
    if not self.report_file.exists():
      self._say(f"no report, status {status}: {errors[-300:]!r}")
      return
    try:
      report = strictjson.parse(self.report_file.read_text())
    except (ValueError, strictjson.Malformed) as error:
      self._say(f"the report can't be read: {error}")
      return
    self._judge_report(report)
    self._judge_status(status, sent, report)
    if self.is_own:
      if errors:
        self._say(f"said on standard error: {errors[-300:]!r}")
      self._judge_holds(published or [], report)
    elif "straggler:" in errors:
      self._say(f"said on standard error: {errors[-300:]!r}")

  def _judge_report(self, report):
    for process in strictjson.processes_of(report):
      self.result.findings += sum(1 + len(finding["similar"]) for finding in process["findings"])
      if process["lost"] != 0:
        self._say(f"{process['lost']} records of process {process['process']['pid']} lost")
      for words in process["coverage"]["unseen"]:
        if UNREADABLE.match(words):
          self._say(f"UNREADABLE: {words}")

  def _judge_status(self, status, sent, report):
    """The program's own status must come through; ours only in the place of its 0, and only for findings."""
    end = report["process"]["exit"]
    if self.is_own:
      death = DEATHS.get(self.ending) or sent
      program = 128 + death if death else 0 if self.ending == "exec" else self.status
    else:
      program = 128 + end["signal"] if end["signal"] else end["status"]
    failing = self.fails and any(
      finding["level"] == "error" for process in strictjson.processes_of(report) for finding in process["findings"])
    expected = LEAK if program == 0 and failing else program
    if status != expected:
      self._say(f"STATUS {status} instead of {expected}; the report says {json.dumps(end)}")
    if self.is_own and death and end["signal"] != death:
      self._say(f"ended by signal {death.value}, and the report says {json.dumps(end)}")

  def _judge_holds(self, published, report):
    for process in published:
      about = [one for one in strictjson.processes_of(report) if one["process"]["pid"] == process.pid]
      if process.by_exec:
        # Unless it was killed on the way there.
        about = [one for one in about if one["process"]["exit"]["kind"] == "exec"] or about
      unseen = report["coverage"]["unseen"]
      if any(words.startswith(f"process {process.pid} (") for words in unseen):
        continue  # it went on, and nobody knows how far it was when it was looked at
      if not about and process.born > published[0].last_sign:
        continue  # it may not have been there yet when the program ended
      if not about:
        about = [{"findings": [], "threads": [{"id": thread.tid} for thread in process.threads]}]
      problems, unsure = truth.contradictions(process, about[0], process is not published[0])
      for problem in problems:
        self._say(f"process {process.pid}: {problem}")
      self.result.unsure += unsure
