"""Programs that people use, plain and observed: what a person waits for."""

import contextlib
import os
import pathlib
import random
import socket
import subprocess
import time
from typing import NamedTuple

import packages
import pairs
from built import Bench
from processes import children
from table import Row

LIMIT = 1.05
PAIRS, SECONDS = 15, 60
TEXT_SIZE = 256 << 20
REQUESTS = 40_000


def write_text(file: pathlib.Path) -> None:
    """Words in random order, always the same."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randrange(2, 10))) for _ in range(5000)]
    block = " ".join(chance.choices(words, k=400_000))
    file.write_text((block * (TEXT_SIZE // len(block) + 1))[:TEXT_SIZE])


def write_inserts(file: pathlib.Path, head: str, size: int) -> None:
    """A hundred thousand inserts, `size` of them a transaction; `head` says how the database is kept."""
    with open(file, "w") as out:
        out.write(head + "create table entries(id integer primary key, name text, value real);\n")
        for n in range(100_000):
            start = "begin;\n" if size > 1 and n % size == 0 else ""
            end = "commit;\n" if size > 1 and n % size == size - 1 else ""
            out.write(f"{start}insert into entries values({n}, 'name {n * 7919 % 100000}', {n * 0.25});\n{end}")


class Work(NamedTuple):
    """What is run to its end. Its output goes to /dev/null."""

    name: str
    command: list
    input: str = os.devnull
    limit: float | None = LIMIT


WORKS = (
    Work("pigz -p 2, 256 MiB", ["pigz", "-p", "2", "-k", "-c", "text"]),
    Work("zstd -T2, 256 MiB", ["zstd", "-q", "-T2", "-7", "-c", "text"]),
    # As sqlite3 keeps it by itself: what is committed is on the disk.
    Work("sqlite3, 100,000 inserts, 100 a transaction", ["sqlite3", "entries.db"], "batches.sql"),
    # Hardly anything but parsing and locking, in a process without a second thread: the most that a lock can cost.
    Work("sqlite3, 100,000 inserts, nothing synchronised", ["sqlite3", "entries.db"], "inserts.sql", limit=None),
)


def run(command: list, work: Work, folder: pathlib.Path) -> pairs.Sample:
    for old in folder.glob("entries.db*"):
        old.unlink()
    with open(folder / work.input) as words, open(os.devnull, "w") as nowhere:
        return pairs.run(command, cwd=folder, stdin=words, stdout=nowhere)


def ended_programs(bench: Bench) -> list:
    write_text(bench.folder / "text")
    write_inserts(bench.folder / "batches.sql", "", 100)
    write_inserts(bench.folder / "inserts.sql", "pragma journal_mode=wal; pragma synchronous=off;\n", 1)
    table = []
    for work in WORKS:
        package = work.command[0]
        missing = packages.install([package], [package])
        if missing is not None:
            table.append(Row(work.name, f"skipped: {missing}"))
            continue
        observed = bench.observing(work.command)
        samples = pairs.alternate(work.name, lambda: run(work.command, work, bench.folder),
                                  lambda: run(observed, work, bench.folder), PAIRS, SECONDS)
        table.append(pairs.ratio_row(work.name, samples, work.limit))
    return table


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server(NamedTuple):
    process: int
    port: int

    def cpu(self) -> float:
        """User and system time of the process and its children so far, in seconds (proc(5), stat)."""
        ticks = 0
        for process in (self.process, *children(self.process)):
            fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def serve(self, client: list) -> pairs.Sample:
        """What the client waited for, and the server's CPU time."""
        before = self.cpu()
        sample = pairs.run(client)
        return sample._replace(cpu=self.cpu() - before)


@contextlib.contextmanager
def redis(bench: Bench, observed: bool):
    """A server on loopback, ended at the end."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(bench.observing(command) if observed else command, cwd=bench.folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > end:
                    raise SystemExit("redis-server does not listen")
                time.sleep(0.05)
        yield Server(server.pid, port)
    finally:
        server.terminate()  # the command line hands it on
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def served(bench: Bench) -> list:
    """Two servers stand side by side, one of them observed, and the same client asks them in turns."""
    name = f"redis-benchmark, {2 * REQUESTS:,} requests"
    missing = packages.install(["redis-server", "redis-benchmark"], ["redis-server", "redis-tools"])
    if missing is not None:
        return [Row(name, f"skipped: {missing}")]

    def asked(server: Server) -> pairs.Sample:
        return server.serve(["redis-benchmark", "-p", server.port, "-q", "-n", REQUESTS, "-c", 20, "-t", "set,get"])

    with redis(bench, observed=False) as plain, redis(bench, observed=True) as observed:
        samples = pairs.alternate(name, lambda: asked(plain), lambda: asked(observed), PAIRS, SECONDS)
    return [pairs.ratio_row(name, samples, LIMIT)]


def rows(bench: Bench) -> list:
    return ended_programs(bench) + served(bench)
