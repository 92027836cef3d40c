"""What a soak program published of itself (soak/truth.h), and where a report says otherwise."""

import dataclasses
import os
import struct

MAGIC = 0x3130485455525453
PROCESSES, THREADS, ENTRIES, CALLERS, POOL = 16, 256, 8, 4, 16384
ENTRY = struct.Struct("<QIIQII")
THREAD = struct.Struct("<II16sQ")
PROCESS = struct.Struct(f"<IIQQII{CALLERS}I")
HEADER = struct.Struct("<QII")
THREAD_SIZE = THREAD.size + ENTRIES * ENTRY.size
PROCESS_SIZE = PROCESS.size + THREADS * THREAD_SIZE + POOL
SIZE = HEADER.size + PROCESSES * PROCESS_SIZE

FREE, IN_TRANSIT, HELD = range(3)
UNBORN, ALIVE, ENDING, ENDED = range(4)
READ_LOCK = 3
FILE_LOCK, FILE_READ, FILE_WRITTEN = 8, 9, 10
# What the report calls the kinds, and the mode where it counts.
KINDS = {
  1: ("mutex", None), 2: ("recursive-mutex", None), 3: ("read-write-lock", "shared"),
  4: ("read-write-lock", "exclusive"), 5: ("spin-lock", None), 6: ("semaphore", None), 7: ("stream-lock", None),
  8: ("file-lock", None), 9: ("file", "read"), 10: ("file", "write"),
}
PATIENCE = 50_000_000  # nanoseconds after the freeze in which no thread goes on (docs/architecture.md)
LOCK_RULES = ("abandoned-lock", "orphaned-lock", "held-at-exit", "deadlocked-exit")


@dataclasses.dataclass
class Entry:
  address: int
  kind: int
  state: int
  changed: int
  file: int
  unflushed: int

  def is_sure(self, until):
    """Whether it is known to be what the record has to say: held, and since before anything could change."""
    return self.state == HELD and self.changed <= until

  def __str__(self):
    state = ("free", "in transit", "held")[self.state]
    what = f"file-{self.file}" if self.kind == FILE_WRITTEN else hex(self.address)
    return f"{KINDS[self.kind][0]} {what} ({state})"


@dataclasses.dataclass
class Thread:
  tid: int
  life: int
  name: str
  changed: int
  entries: list


@dataclasses.dataclass
class Process:
  pid: int
  left: int
  born: int
  by_exec: bool
  callers: tuple
  threads: list

  @property
  def until(self):
    """What was published later than this may have happened after the record was made."""
    if self.left == 0:
      return 1 << 63
    return self.left if self.by_exec else self.left + PATIENCE

  @property
  def last_sign(self):
    """When it was surely alive for the last time."""
    return max((entry.changed for thread in self.threads for entry in thread.entries), default=self.born)


def _process(content, offset):
  pid, used, left, born, by_exec, callers_used, *callers = PROCESS.unpack_from(content, offset)
  threads = []
  for index in range(min(used, THREADS)):
    place = offset + PROCESS.size + index * THREAD_SIZE
    tid, life, name, changed = THREAD.unpack_from(content, place)
    entries = []
    for number in range(ENTRIES):
      address, kind, state, since, file, unflushed = ENTRY.unpack_from(content, place + THREAD.size + number * ENTRY.size)
      if kind != 0:
        entries.append(Entry(address, kind, state, since, file, unflushed))
    threads.append(Thread(tid, life, name.rstrip(b"\0").decode(), changed, entries))
  return Process(pid, left, born, bool(by_exec), tuple(callers[:min(callers_used, CALLERS)]), threads)


def read(path):
  """The processes that published something; None where the program never came so far."""
  if not os.path.exists(path) or os.path.getsize(path) < SIZE:
    return None
  with open(path, "rb") as file:
    content = file.read()
  magic, used, _ = HEADER.unpack_from(content, 0)
  if magic != MAGIC:
    return None
  found = [_process(content, HEADER.size + n * PROCESS_SIZE) for n in range(min(used, PROCESSES))]
  return [process for process in found if process.pid != 0]


# MARK: What a report says

@dataclasses.dataclass(frozen=True)
class Said:
  """That a thread has something."""

  rule: str
  tid: int
  name: str
  kind: str
  mode: object
  address: object  # None where the finding has several threads, and this is not the one it describes
  path: object
  message: str

  def is_of(self, entry):
    kind, mode = KINDS[entry.kind]
    if self.kind == "stream-lock" and entry.kind == FILE_WRITTEN and entry.state == IN_TRANSIT:
      return True  # inside fwrite, fflush or fclose the stream is locked by libc
    if self.kind != kind:
      return False
    if entry.kind in (FILE_READ, FILE_WRITTEN):
      if self.address is None and self.path is None:
        return True
      name = os.path.basename(self.path or "")
      return name == ("given" if entry.kind == FILE_READ else f"file-{entry.file}")
    if mode is not None and self.mode != mode:
      return False
    return self.address is None or entry.kind == FILE_LOCK or int(self.address, 16) == entry.address


def _is_forks_own(finding):
  """Whether it is libc's lock of all streams, which fork has while it waits for malloc's (glibc, posix/fork.c): nobody's step."""
  frames = (finding["stopped"] or {"frames": []})["frames"]
  return finding["resource"]["name"] == "list_all_lock" and any(frame["function"] == "fork" for frame in frames)


def said_by(report):
  """All holds of one process's report."""
  found = []
  for finding in report["findings"]:
    resource = finding["resource"]
    if resource is None or finding["thread"] is None or _is_forks_own(finding):
      continue
    described = Said(
      finding["rule"], finding["thread"]["id"], finding["thread"]["name"], resource["kind"], resource["mode"],
      resource["address"], resource.get("path"), finding["message"])
    found.append(described)
    found += [
      dataclasses.replace(described, tid=other["id"], name=other["name"], address=None, path=None)
      for other in finding["similar"]]
  return found


def _rules(process, thread, until):
  """The rules by which what the thread has may be found; those that must, where it is sure."""
  if thread.life == ENDED:
    return ("orphaned-lock",)
  if thread.life == ENDING or thread.changed > until:
    return ("orphaned-lock", "abandoned-lock", "held-at-exit", "abandoned-file")
  if thread.tid in process.callers:
    return ("held-at-exit", "abandoned-lock", "abandoned-file")
  return ("abandoned-lock", "abandoned-file")


def _wrong_finding(process, said):
  """Why this finding can't be, or None."""
  threads = [thread for thread in process.threads if thread.tid == said.tid and thread.life != UNBORN]
  owners = [  # of what only one can have
    thread.name for thread in process.threads for entry in thread.entries
    if entry.kind != READ_LOCK and entry.is_sure(process.until) and said.is_of(entry) and said.address is not None]
  also = f"; surely held by {', '.join(owners)}" if owners else ""
  if not threads:
    return f"no such thread{also}"
  for thread in threads:
    if said.name != thread.name:
      continue
    if any(entry.changed > process.until for entry in thread.entries) and not owners:
      return None  # it was let go again: what it had at the freeze is no longer written down
    for entry in thread.entries:
      if not said.is_of(entry):
        continue
      may = entry.state != FREE or entry.changed > process.until
      if not may:
        continue
      if said.rule not in _rules(process, thread, process.until):
        return f"found as {said.rule}: the thread's life was {thread.life}"
      if owners and thread.name not in owners and said.kind != "file-lock":
        return f"not its own{also}"
      return None
  names = "/".join(thread.name for thread in threads)
  has = "; ".join(str(entry) for thread in threads for entry in thread.entries if entry.state != FREE) or "nothing"
  return f"that thread, {names}, had {has}{also}"


def _must_be_found(process, thread, entry, is_child):
  if not entry.is_sure(process.until):
    return False
  # What the thread that execs has is a note at most; of a forked child not even that, nor is a file's lock, which goes on with the
  # descriptor or is given back with it.
  if process.by_exec and thread.tid in process.callers and (is_child or entry.kind == FILE_LOCK):
    return False
  # A file's lock is the file's: no thread leaves it behind by ending.
  if entry.kind == FILE_LOCK and (thread.life != ALIVE or thread.changed > process.until):
    return False
  # Only what somebody else leaves is a finding: not the files of a thread that ends the process, nor those of main.
  if entry.kind in (FILE_READ, FILE_WRITTEN):
    return thread.tid not in process.callers and thread.tid != process.pid
  return True


def contradictions(process, report, is_child):
  """Where the report of a process and what it published can't both be true; and how many holds could not be judged."""
  problems = []
  said = said_by(report)
  for one in said:
    why = _wrong_finding(process, one)
    if why:
      problems.append(f"WRONG OWNER: {one.message} [{one.rule}, thread {one.tid}]: {why}")
  unsure = 0
  for thread in process.threads:
    mine = [one for one in said if one.tid == thread.tid]
    for entry in thread.entries:
      if entry.state == IN_TRANSIT or (entry.state == HELD and not entry.is_sure(process.until)):
        unsure += 1
      if _must_be_found(process, thread, entry, is_child) and not any(one.is_of(entry) for one in mine):
        problems.append(f"MISSED: {thread.name} ({thread.tid}) had {entry}, and nothing is said of it")
  listed = {thread["id"] for thread in report["threads"]}
  for thread in process.threads:
    if thread.life == ALIVE and thread.changed <= process.until and thread.tid not in listed:
      problems.append(f"MISSED: {thread.name} ({thread.tid}) was alive and is not listed")
  return problems, unsure
