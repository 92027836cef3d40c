"""A second, strict reader of our JSON reports: what the contract names must be there, once, and of its type."""

import json

PROCESS = {
  "process": dict, "findings": list, "suppressed": list, "threads": list, "coverage": dict, "lost": int, "children": list}
ROOT = {"schemaVersion": int, "tool": dict, **PROCESS}
FINDING = {
  "rule": str, "level": str, "fingerprint": str, "message": str, "thread": (dict, type(None)),
  "resource": (dict, type(None)), "acquired": (dict, type(None)), "created": (dict, type(None)),
  "stopped": (dict, type(None)), "waitingFor": (dict, type(None)), "waiters": list, "similar": list}
THREAD = {"number": int, "id": (int, type(None)), "name": (str, type(None)), "daemon": bool, "declared": bool, "state": str}
LEVELS = {"error", "warning", "note"}


class Malformed(Exception):
  pass


def _pairs(pairs):
  keys = [key for key, _ in pairs]
  if len(set(keys)) != len(keys):
    raise Malformed(f"a key comes twice in {keys}")
  return dict(pairs)


def _constant(name):
  raise Malformed(f"{name} is no JSON")


def _has(value, keys, where):
  for key, kind in keys.items():
    if key not in value:
      raise Malformed(f"{where} has no {key}")
    # To Python a truth value is a number.
    if not isinstance(value[key], kind) or (kind is int and isinstance(value[key], bool)):
      raise Malformed(f"{where}: {key} is {value[key]!r}")


def _check_process(value, where):
  _has(value, PROCESS, where)
  _has(value["process"], {"pid": int, "executable": str, "arguments": list, "exit": dict}, where)
  _has(value["process"]["exit"], {"kind": str, "status": (int, type(None)), "signal": (int, type(None))}, where)
  for finding in value["findings"] + value["suppressed"]:
    _has(finding, FINDING, f"{where}: a finding")
    if finding["level"] not in LEVELS:
      raise Malformed(f"{where}: level {finding['level']!r}")
    if finding["thread"] is not None:
      _has(finding["thread"], THREAD, f"{where}: a finding's thread")
  for thread in value["threads"]:
    _has(thread, {**THREAD, "holds": int}, f"{where}: a thread")
  for child in value["children"]:
    _check_process(child, f"{where}, child")


def parse(text):
  """The report. Raises Malformed, or what `json` raises."""
  value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)
  _has(value, ROOT, "the report")
  if value["schemaVersion"] != 1:
    raise Malformed(f"schemaVersion {value['schemaVersion']}")
  _check_process(value, "the report")
  return value


def processes_of(report):
  """Every process of the tree, the report's own first."""
  found = [report]
  for child in report["children"]:
    found += processes_of(child)
  return found
