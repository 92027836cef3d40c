"""The processes below one, as /proc tells; and being told of those that lost their parent."""

import ctypes
import os
import signal

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
  """From here on, what loses its parent below this process becomes a child of it."""
  ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children_of(pid):
  found = []
  try:
    for thread in os.listdir(f"/proc/{pid}/task"):
      with open(f"/proc/{pid}/task/{thread}/children") as file:
        found += [int(word) for word in file.read().split()]
  except OSError:  # it ended meanwhile
    pass
  return found


def below(pid):
  """All of them, nearest first."""
  found, layer = [], [pid]
  while layer:
    layer = [child for parent in layer for child in children_of(parent)]
    found += layer
  return found


def end_all():
  """Ends everything below this process, and takes note of the ends."""
  while True:
    left = below(os.getpid())
    if not left:
      return
    for pid in left:
      try:
        os.kill(pid, signal.SIGKILL)
      except ProcessLookupError:
        pass
    try:
      while os.waitpid(-1, 0)[0]:
        pass
    except ChildProcessError:
      pass
