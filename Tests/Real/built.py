"""Programs of our own that are packages for themselves: built outside of the tree, where what they need can be had."""

import json
import os
import pathlib
import subprocess
import tempfile

LIMIT = 1200  # seconds


def echo(values):
  """The SwiftNIO program; its path goes to `values`. Returns None, or why it has to be skipped."""
  if "echo" in values:
    return None
  package = pathlib.Path(__file__).resolve().parent / "nio"
  # Kept from run to run: SwiftNIO takes minutes to build.
  scratch = os.path.join(tempfile.gettempdir(), f"straggler-real-nio-{os.geteuid()}")
  command = ["swift", "build", "-c", "release", "--package-path", str(package), "--scratch-path", scratch]
  print("building Tests/Real/nio", flush=True)
  try:
    done = subprocess.run(
      command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
  except subprocess.TimeoutExpired:
    return f"SwiftNIO took longer than {LIMIT} s to build"
  if done.returncode != 0:
    lines = [line for line in done.stdout.splitlines() if "error" in line] or done.stdout.splitlines()[-1:]
    return f"SwiftNIO can't be built: {lines[0].strip() if lines else 'without a word'}"
  with open(package / "Package.resolved") as file:
    pins = {pin["identity"]: pin["state"] for pin in json.load(file)["pins"]}
  values["echo_version"] = pins["swift-nio"]["version"]
  values["echo"] = os.path.join(scratch, "release", "echo")
  return None
