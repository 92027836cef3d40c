"""Programs of our own that are packages for themselves: built outside of the tree, where what they need can be had."""

import json
import os
import pathlib
import subprocess
import tempfile

LIMIT = 1200  # seconds


class BuildFailure(Exception):
  """What was there could not be built: not a reason to skip it."""


def _run(command):
  """Returns None, or why the command failed."""
  try:
    done = subprocess.run(
      command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
  except subprocess.TimeoutExpired:
    return f"it took longer than {LIMIT} s"
  if done.returncode == 0:
    return None
  lines = [line for line in done.stdout.splitlines() if "error" in line] or done.stdout.splitlines()[-1:]
  return lines[0].strip() if lines else "without a word"


def echo(values):
  """The SwiftNIO program; its path goes to `values`. Returns None, or why it has to be skipped: its sources can't be had."""
  if "echo" in values:
    return None
  package = pathlib.Path(__file__).resolve().parent / "nio"
  # Kept from run to run: SwiftNIO takes minutes to build.
  scratch = os.path.join(tempfile.gettempdir(), f"straggler-real-nio-{os.geteuid()}")
  places = ["--package-path", str(package), "--scratch-path", scratch]
  print("building Tests/Real/nio", flush=True)
  why = _run(["swift", "package", *places, "resolve"])
  if why is not None:
    return f"SwiftNIO can't be fetched: {why}"
  why = _run(["swift", "build", "-c", "release", *places])
  if why is not None:
    raise BuildFailure(f"SwiftNIO can't be built: {why}")
  with open(package / "Package.resolved") as file:
    pins = {pin["identity"]: pin["state"] for pin in json.load(file)["pins"]}
  values["echo_version"] = pins["swift-nio"]["version"]
  values["echo"] = os.path.join(scratch, "release", "echo")
  return None
