"""What shares a process, or a run, with Straggler in company.py: how it is brought in, and what shows that it works."""

import dataclasses
import os
import pathlib
import shutil

LIBRARIES = "/usr/lib/x86_64-linux-gnu"
GDB = ("gdb", "-nx", "-batch")


@dataclasses.dataclass(frozen=True)
class Companion:
  """One way of being in company. The program's own words follow `within`; straggler's follow `around`."""

  name: str
  shows: str = "counted 2000"  # what its run prints, alone and observed
  needs: tuple = ()  # commands
  packages: tuple = ()
  library: str = ""  # preloaded: once before ours, once behind it
  environment: tuple = ()  # NAME=VALUE
  within: tuple = ()  # between `straggler run --` and the program
  around: tuple = ()  # before `straggler`
  compiler: tuple = ("cc",)
  same_output: bool = True  # deterministic: observed as alone
  status: int = 7  # the whole command's
  own_fault: str = ""  # what it says, alone as well, in a run that it spoils
  own_threads: int = 0  # nameless threads of the tool's own in the process, which are alive at exit and hold nothing


def library(name, path, package, shows, *environment):
  return Companion(name, shows, packages=(package,), library=f"{LIBRARIES}/{path}", environment=environment)


def compiled(name, *compiler, needs=(), packages=(), own_threads=0):
  return Companion(
    name, needs=(compiler[0], *needs), packages=packages, compiler=compiler, own_threads=own_threads)


def debugger(name, command, shows, package, **others):
  return Companion(name, shows, needs=(command,), packages=(package,), same_output=False, **others)


def _dispatch():
  """What the ThreadSanitizer of a Swift toolchain's clang is linked with; nothing for another clang."""
  clang = shutil.which("clang")
  folder = pathlib.Path(os.path.realpath(clang)).parent.parent / "lib/swift/linux" if clang else None
  if folder is None or not folder.is_dir():
    return []
  return [f"-L{folder}", f"-Wl,-rpath,{folder}", "-ldispatch", "-lBlocksRuntime"]


COMPANIONS = [
  Companion("nobody"),
  library("jemalloc", "libjemalloc.so.2", "libjemalloc2", "malloc of libjemalloc.so.2"),
  library("tcmalloc", "libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", "malloc of libtcmalloc_minimal.so.4"),
  library("libeatmydata", "libeatmydata.so", "libeatmydata1", "fsync of a pipe: 0"),
  library("libfaketime", "faketime/libfaketime.so.1", "libfaketime", "year 2016", "FAKETIME=2016-06-01 12:00:00"),
  library("libfaketime, threads", "faketime/libfaketimeMT.so.1", "libfaketime", "year 2016",
          "FAKETIME=2016-06-01 12:00:00"),
  Companion("eatmydata", "fsync of a pipe: 0", ("eatmydata",), ("eatmydata",), within=("eatmydata",)),
  Companion("faketime", "year 2016", ("faketime",), ("faketime",), within=("faketime", "2016-06-01 12:00:00")),
  Companion("fakeroot", "user 0", ("fakeroot",), ("fakeroot",), within=("fakeroot", "--")),
  Companion("fakeroot around", "user 0", ("fakeroot",), ("fakeroot",), around=("fakeroot", "--")),
  Companion("a shell", within=("sh", "-c", '"$0" "$@"; exit $?')),
  Companion("LD_BIND_NOW", environment=("LD_BIND_NOW=1",)),
  Companion("LD_DEBUG", environment=("LD_DEBUG=libs", "LD_DEBUG_OUTPUT=loader")),
  debugger("gdb", "gdb", "exited with code 07", "gdb", within=(*GDB, "-ex", "run", "--args"), status=0),
  debugger(
    "gdb, break and step", "gdb", "Breakpoint 1, hold_journal", "gdb", status=0,
    within=(*GDB, "-ex", "break hold_journal", "-ex", "run", "-ex", "info threads", "-ex", "next", "-ex", "backtrace",
            "-ex", "continue", "--args")),
  debugger(
    "gdb around", "gdb", "exited with code 07", "gdb", around=(*GDB, "-iex", "set debuginfod enabled off",
                                                               "-ex", "run", "--args"), status=0),
  debugger("strace", "strace", "exited with 7", "strace", within=("strace", "-f")),
  debugger("strace around", "strace", "exited with 7", "strace", around=("strace", "-f")),
  # It may lose a breakpoint that two threads come to at once (once in some 300,000 lines), and ends the program by that.
  debugger("ltrace", "ltrace", "pthread_mutex_lock", "ltrace", within=("ltrace", "-f"), status=0,
           own_fault="unexpected breakpoint"),
  debugger("memcheck", "valgrind", "ERROR SUMMARY: 0 errors", "valgrind", within=("valgrind",)),
  debugger("helgrind", "valgrind", "Exiting thread still holds 1 lock", "valgrind",
           within=("valgrind", "--tool=helgrind")),
  compiled("gcc, AddressSanitizer", "gcc", "-fsanitize=address"),
  compiled("gcc, ThreadSanitizer", "gcc", "-fsanitize=thread", own_threads=1),
  compiled("gcc, UBSan", "gcc", "-fsanitize=undefined"),
  compiled("gcc, LeakSanitizer", "gcc", "-fsanitize=leak"),
  compiled("clang, AddressSanitizer", "clang", "-fsanitize=address"),
  compiled("clang, ThreadSanitizer", "clang", "-fsanitize=thread", *_dispatch(), own_threads=1),
  compiled("clang, MemorySanitizer", "clang", "-fsanitize=memory"),
  compiled("clang, LeakSanitizer", "clang", "-fsanitize=leak"),
  compiled("gold", "gcc", "-fuse-ld=gold", needs=("gold",), packages=("binutils",)),
  compiled("lld", "gcc", "-fuse-ld=lld", needs=("ld.lld",), packages=("lld",)),
  compiled("full RELRO", "gcc", "-Wl,-z,now,-z,relro"),
]
