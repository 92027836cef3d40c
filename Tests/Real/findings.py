"""The findings of a JSON report, those of child processes included, and which of them are known to be right."""

import collections
import dataclasses
import fnmatch
import os


@dataclasses.dataclass(frozen=True)
class Finding:
  """One finding, reduced to what a table shows."""

  process: str
  rule: str
  level: str
  thread: str
  kind: str
  place: str  # the function of the program in which the resource was acquired, or the thread created
  message: str


def _place(finding):
  for stack in ("acquired", "created"):
    frames = (finding.get(stack) or {}).get("frames") or []
    named = [frame["function"] for frame in frames if frame.get("function")]
    if named:
      return named[0]
  return "?"


def findings_of(report):
  """All findings of a report and its children; a finding with `similar` ones counts once for each."""
  process = report.get("process") or {}
  name = os.path.basename(process.get("executable") or "?")
  found = []
  for finding in report["findings"]:
    one = Finding(
      name, finding["rule"], finding["level"], (finding.get("thread") or {}).get("name") or "",
      (finding.get("resource") or {}).get("kind") or "", _place(finding), finding["message"])
    found += [one] * (1 + len(finding.get("similar") or []))
  for child in report.get("children") or []:
    found += findings_of(child)
  return found


def losses_of(report):
  """How many records the recorder had no room for, in the whole tree of processes."""
  return report.get("lost", 0) + sum(losses_of(child) for child in report.get("children") or [])


@dataclasses.dataclass(frozen=True)
class Known:
  """Findings that somebody looked at and found to be right; every part is a glob."""

  program: str  # as the table names it
  process: str
  rule: str
  thread: str
  place: str
  reason: str

  def covers(self, program, finding):
    return all(
      fnmatch.fnmatchcase(value, glob)
      for value, glob in (
        (program, self.program), (finding.process, self.process), (finding.rule, self.rule),
        (finding.thread, self.thread),
        (finding.place, self.place)))


def unknown_among(program, found, known):
  """The findings in the program's run that nobody has accounted for."""
  return [finding for finding in found if not any(entry.covers(program, finding) for entry in known)]


def summary(found):
  """One line: how many findings of which rule, in which process where there are several."""
  counts = collections.Counter((finding.rule, finding.level) for finding in found)
  return ", ".join(f"{count} {rule} ({level})" for (rule, level), count in sorted(counts.items())) or "none"
