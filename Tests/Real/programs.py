"""The programs that start, work and end: how each is run, and what must be the same whether it is observed or not."""

import dataclasses

import built
import inputs


def exactly(content):
  return content


def in_any_order(content):
  return sorted(content.splitlines())


@dataclasses.dataclass(frozen=True)
class Program:
  """A program that is run to its end."""

  name: str
  command: tuple  # {port} is that of a web server on loopback, {straggler} the command line, {python} Debian's python3
  needs: tuple = ()  # commands
  packages: tuple = ()  # Debian's, where a command is missing
  version: tuple = ()  # the command that prints it; {needs[0]} --version where it is not said
  build: object = None  # makes the program, puts its path into the values for `command`; returns why it can't
  prepare: object = None  # makes the inputs in the run's folder
  stdin: str = ""
  compared: dict = dataclasses.field(default_factory=lambda: {"stdout": exactly, "stderr": exactly})
  shows: bytes = b""  # what must be seen of it alone: a run that did nothing proves nothing
  unprivileged: bool = False  # refuses to be run by root
  limit: float = 60


PYTHON = dict(needs=("/usr/bin/python3",), packages=("python3",), prepare=inputs.write_python)
NOTHING = {}
OUTPUT = {"stdout": exactly}


def stress(name, *arguments, unprivileged=False):
  """One stressor of stress-ng for two seconds, on two workers; its figures are never the same, its status is."""
  return Program(
    f"stress-ng {name}", ("stress-ng", *arguments, "--timeout", "2", "--temp-path", "."), needs=("stress-ng",),
    packages=("stress-ng",), compared=NOTHING, shows=b"successful run completed", unprivileged=unprivileged, limit=40)


PROGRAMS = [
  Program("python3, threads", ("/usr/bin/python3", "threads.py"), shows=b"332833500", **PYTHON),
  Program("python3, asyncio", ("/usr/bin/python3", "tasks.py"), shows=b"1313400", **PYTHON),
  Program("python3, multiprocessing", ("/usr/bin/python3", "processes.py"), shows=b"spawn 332833500", **PYTHON),
  Program(
    "sh, starting a program for musl", ("sh", "musl.sh"), needs=("musl-gcc",), packages=("musl-tools",),
    version=("/lib/ld-musl-x86_64.so.1",), prepare=inputs.write_musl, shows=b"counted 2000\n7\n"),
  Program(
    "sqlite3", ("sqlite3", "numbers.db"), needs=("sqlite3",), packages=("sqlite3",), prepare=inputs.write_sql,
    stdin="script.sql", shows=b"row 9999", compared={"stdout": exactly, "stderr": exactly, "numbers.db": exactly}),
  Program(
    "pigz", ("pigz", "-n", "-p", "4", "input.txt"), needs=("pigz",), packages=("pigz",), prepare=inputs.write_text,
    compared={"stdout": exactly, "stderr": exactly, "input.txt.gz": exactly}),
  Program(
    "xz -T2", ("xz", "-T2", "-1", "--block-size=1MiB", "input.txt"), needs=("xz",), packages=("xz-utils",),
    prepare=inputs.write_text, compared={"stdout": exactly, "stderr": exactly, "input.txt.xz": exactly}),
  Program(
    "zstd -T2", ("zstd", "-q", "-T2", "-6", "-B1M", "input.txt"), needs=("zstd",), packages=("zstd",),
    prepare=inputs.write_text, compared={"stdout": exactly, "stderr": exactly, "input.txt.zst": exactly}),
  Program(
    "pbzip2", ("pbzip2", "-q", "-p2", "-b1", "input.txt"), needs=("pbzip2",), packages=("pbzip2",),
    prepare=inputs.write_text, compared={"stdout": exactly, "stderr": exactly, "input.txt.bz2": exactly}),
  Program(
    "lbzip2", ("lbzip2", "-n2", "input.txt"), needs=("lbzip2",), packages=("lbzip2",), prepare=inputs.write_text,
    compared={"stdout": exactly, "stderr": exactly, "input.txt.bz2": exactly}),
  Program(
    "rsync", ("rsync", "-av", "--checksum", "tree/", "copy/"), needs=("rsync",), packages=("rsync",),
    prepare=inputs.write_tree, compared={"copy/part9/file99.txt": exactly}, shows=b"part9/file99.txt"),
  Program(
    "git, from init to clone", ("sh", "work.sh"), needs=("git",), packages=("git",), version=("git", "--version"),
    prepare=inputs.write_git, shows=b"tree/part9/file99.txt:"),
  Program(
    "curl", ("curl", "-sS", "--parallel", "http://localhost:{port}/input.txt", "-o", "one",
             "http://127.0.0.1:{port}/input.txt", "-o", "two"),
    needs=("curl",), packages=("curl",), prepare=inputs.write_text,
    compared={"stdout": exactly, "one": exactly, "two": exactly}),
  Program(
    "gcc", ("gcc", "-O2", "-pipe", "main.c", *(f"part{n}.c" for n in range(10)), "-o", "parts"), needs=("gcc",),
    packages=("gcc", "libc6-dev"), prepare=inputs.write_c_project,
    compared={"stdout": exactly, "stderr": exactly, "parts": exactly}),
  Program(
    "cmake and ninja", ("sh", "-c", "cmake -G Ninja . > /dev/null && ninja -j2 > /dev/null && ./parts"),
    needs=("cmake", "ninja", "gcc"), packages=("cmake", "ninja-build", "gcc", "libc6-dev"),
    prepare=inputs.write_c_project, shows=b"1000000"),
  Program(
    "make -j4", ("make", "-j4", "-s", *(f"part{n}.o" for n in range(10))), needs=("make", "gcc"),
    packages=("make", "gcc", "libc6-dev"), prepare=inputs.write_c_project,
    compared={"stdout": exactly, "stderr": exactly, "part9.o": exactly}),
  Program(
    "openssl speed", ("openssl", "speed", "-seconds", "1", "-bytes", "1024", "-multi", "2", "sha256"),
    needs=("openssl",),
    packages=("openssl",), version=("openssl", "version"), compared=NOTHING,
    shows=b"sha256"),
  Program(
    "ffmpeg", (
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=2:size=320x240:rate=25", "-c:v", "mpeg4",
      "-threads", "2", "-flags", "bitexact", "-f", "framemd5", "-"),
    needs=("ffmpeg",), packages=("ffmpeg",), version=("ffmpeg", "-version"), shows=b"0,         49,"),
  Program(
    "ImageMagick, OpenMP", ("convert-im6", "-size", "800x600", "gradient:", "-blur", "0x4", "-resize", "50%", "blurred.ppm"),
    needs=("convert-im6",), packages=("imagemagick",),
    compared={"stdout": exactly, "stderr": exactly, "blurred.ppm": exactly}),
  Program(
    "ruby", ("ruby", "threads.rb"), needs=("ruby",), packages=("ruby",), prepare=inputs.write_ruby, shows=b"200020006"),
  Program(
    "perl, threads", ("perl", "threads.pl"), needs=("perl",), packages=("perl",), prepare=inputs.write_perl,
    shows=b"200020000"),
  Program(
    "node, workers", ("node", "workers.js"), needs=("node",), packages=("nodejs",), prepare=inputs.write_node,
    shows=b"42", compared={"stdout": in_any_order, "stderr": exactly}),
  Program(
    "emacs", ("emacs", "--batch", "--eval", "(princ (length (directory-files-recursively \"tree\" \"9\")))"),
    needs=("emacs",), packages=("emacs-nox",), prepare=inputs.write_tree),
  Program(
    "gdb around a program", ("gdb", "-batch", "-ex", "run", "--args", "/bin/echo", "inner"), needs=("gdb",),
    packages=("gdb",), compared=NOTHING, shows=b"exited normally"),
  Program(
    "PostgreSQL", ("sh", "work.sh"), needs=("psql", "pg_ctlcluster"), packages=("postgresql",),
    prepare=inputs.write_postgres, shows=b"200010000|20000", unprivileged=True),
  stress("pthread", "--pthread", "2", "--pthread-max", "64"),
  stress("mutex", "--mutex", "2"),
  stress("sem", "--sem", "2"),
  stress("sem-sysv", "--sem-sysv", "2"),
  stress("futex", "--futex", "2"),
  stress("fork", "--fork", "2"),
  stress("vfork", "--vfork", "2"),
  stress("clone", "--clone", "2", "--clone-max", "64"),
  stress("exec", "--exec", "2", unprivileged=True),
  stress("exit-group", "--exit-group", "2"),
  stress("daemon", "--daemon", "1"),
  Program(
    "ripgrep", ("rg", "-j2", "-c", "ab", "tree"), shows=b"tree/part9/file99.txt:", needs=("rg",), packages=("ripgrep",),
    prepare=inputs.write_tree,
    compared={"stdout": in_any_order, "stderr": exactly}),
  Program(
    "fd", ("fdfind", "-j2", "file1.*", "tree"), needs=("fdfind",), packages=("fd-find",), prepare=inputs.write_tree,
    compared={"stdout": in_any_order, "stderr": exactly}),
  Program(
    "fd, with commands", ("fdfind", "-j2", "file11.*", "tree", "-x", "wc", "-c"), needs=("fdfind",),
    packages=("fd-find",), prepare=inputs.write_tree, compared={"stdout": in_any_order, "stderr": exactly}),
  Program("java -version", ("java", "-version"), needs=("java",), packages=("default-jre-headless",)),
  Program(
    "java, pool and daemon", ("java", "Sum.java"), needs=("java", "javac"), packages=("default-jdk-headless",),
    prepare=inputs.write_java, shows=b"20540 4999950000", version=("java", "-version")),
  Program(
    "swiftc", ("sh", "-c", "swiftc -O main.swift -o main 2> /dev/null && ./main"), needs=("swiftc",),
    prepare=inputs.write_swift, shows=b"85345 4950 7", limit=180),
  Program(
    "SwiftNIO, shut down", ("{echo}", "shut-down"), needs=("swift",), build=built.echo, shows=b"200000 bytes came back",
    version=("echo", "{echo_version}")),
  Program(
    "SwiftNIO, left running", ("{echo}", "leave"), needs=("swift",), build=built.echo, shows=b"200000 bytes came back",
    version=("echo", "{echo_version}")),
  Program(
    "straggler explain", ("{straggler}", "explain"), shows=b"abandoned-lock", version=("{straggler}", "--version")),
  Program(
    "straggler around straggler", ("{straggler}", "run", "--", "/bin/echo", "inner"), compared=OUTPUT, shows=b"inner",
    version=("{straggler}", "--version")),
]
