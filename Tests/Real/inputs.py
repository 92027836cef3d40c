"""What the programs work on: made anew in each run's folder, the same every time."""

import functools
import pathlib
import random


@functools.lru_cache
def text(size):
  """Compressible text of `size` bytes."""
  source = random.Random(23)
  words = [bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(2000)]
  content = bytearray()
  while len(content) < size:
    content += b" ".join(source.choices(words, k=12)) + b"\n"
  return bytes(content[:size])


def write_text(folder):
  (folder / "input.txt").write_bytes(text(8 << 20))


def write_sql(folder):
  rows = "\n".join(f"insert into numbers values({n}, {n * n}, 'row {n}');" for n in range(20000))
  (folder / "script.sql").write_text(
    f"create table numbers(n integer primary key, square, name);\nbegin;\n{rows}\ncommit;\n"
    "create index by_name on numbers(name);\n"
    "select count(*), sum(square), max(name) from numbers;\n"
    "select name from numbers where square % 977 = 5 limit 50;\n")


def write_tree(folder):
  """A tree of small text files in `tree`."""
  content = text(400_000)
  for index in range(200):
    path = folder / "tree" / f"part{index % 10}" / f"file{index}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content[index * 2000:(index + 1) * 2000])


C_PROGRAM = """#include <stdio.h>
int part%(n)d(int x);
int part%(n)d(int x) { int sum = 0; for (int i = 0; i < x; i++) sum += i * %(n)d ^ x; return sum; }
"""


def write_musl(folder):
  """A script that builds a program for musl, runs it, and tells its status."""
  source = pathlib.Path(__file__).with_name("Programs") / "company.c"
  (folder / "musl.sh").write_text(f"musl-gcc -pthread '{source}' -o company && ./company written 7; echo $?\n")


def write_c_project(folder):
  """A small CMake project of ten C files; every tenth of its output depends on one of them."""
  for n in range(10):
    (folder / f"part{n}.c").write_text(C_PROGRAM % {"n": n})
  declared = "".join(f"int part{n}(int x);\n" for n in range(10))
  calls = "".join(f'  printf("%d\\n", part{n}(1000));\n' for n in range(10))
  (folder / "main.c").write_text(f"#include <stdio.h>\n{declared}int main(void) {{\n{calls}  return 0;\n}}\n")
  parts = " ".join(f"part{n}.c" for n in range(10))
  (folder / "CMakeLists.txt").write_text(
    f"cmake_minimum_required(VERSION 3.16)\nproject(parts C)\nadd_executable(parts main.c {parts})\n")


PYTHON_THREADS = """
import concurrent.futures, hashlib, json, queue, subprocess, sys, threading
def digest(n): return hashlib.sha256(str(n).encode() * 50000).hexdigest()
with concurrent.futures.ThreadPoolExecutor(4) as pool: print(list(pool.map(digest, range(20))))
work, done = queue.Queue(), []
def worker():
  while (item := work.get()) is not None: done.append(item * item)
threads = [threading.Thread(target=worker) for _ in range(4)]
for thread in threads: thread.start()
for n in range(1000): work.put(n)
for _ in threads: work.put(None)
for thread in threads: thread.join()
print(sum(done))
print(subprocess.run([sys.executable, "-c", "print(json.dumps(1))" .replace("print", "import json; print")],
                     capture_output=True, text=True).stdout)
"""

PYTHON_ASYNCIO = """
import asyncio
async def count(n):
  await asyncio.sleep(0)
  return await asyncio.to_thread(sum, range(n))
async def main(): print(sum(await asyncio.gather(*(count(n) for n in range(200)))))
asyncio.run(main())
"""

PYTHON_PROCESSES = """
import multiprocessing
def square(n): return n * n
if __name__ == "__main__":
  for method in ("fork", "spawn"):
    with multiprocessing.get_context(method).Pool(2) as pool: print(method, sum(pool.map(square, range(1000))))
"""


def write_python(folder):
  (folder / "threads.py").write_text(PYTHON_THREADS)
  (folder / "tasks.py").write_text(PYTHON_ASYNCIO)
  (folder / "processes.py").write_text(PYTHON_PROCESSES)


JAVA_PROGRAM = """
import java.util.concurrent.*;
import java.util.stream.*;

public class Sum {
  public static void main(String[] arguments) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    long sum = 0;
    for (Future<Long> part : pool.invokeAll(
        IntStream.range(0, 40).mapToObj(n -> (Callable<Long>) () -> (long) n * n).collect(Collectors.toList()))) {
      sum += part.get();
    }
    pool.shutdown();
    Object lock = new Object();
    Thread daemon = new Thread(() -> { synchronized (lock) { while (true) Thread.onSpinWait(); } });
    daemon.setDaemon(true);
    daemon.start();
    System.out.println(sum + " " + IntStream.range(0, 100000).parallel().mapToLong(n -> n).sum());
  }
}
"""


def write_java(folder):
  (folder / "Sum.java").write_text(JAVA_PROGRAM)


SWIFT_PROGRAM = """
import Dispatch
import Foundation

let lock = NSLock()
nonisolated(unsafe) var sum = 0
DispatchQueue.concurrentPerform(iterations: 64) { n in lock.withLock { sum += n * n } }
let thread = Thread { lock.withLock { sum += 1 } }
thread.start()
while !thread.isFinished { usleep(1000) }
let total = await withTaskGroup(of: Int.self) { group in
  for n in 0..<100 { group.addTask { n } }
  return await group.reduce(0, +)
}
print(lock.withLock { sum }, total, try! JSONEncoder().encode([1, 2, 3]).count)
"""


def write_swift(folder):
  (folder / "main.swift").write_text(SWIFT_PROGRAM)


GIT_SCRIPT = """set -e
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' HOME="$PWD"
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
git init -q -b main store && cp -r tree store/ && cd store
git add . && git commit -q -m one && git -c pack.threads=2 repack -q -a -d
echo more >> tree/part0/file0.txt && git commit -q -a -m two
git -c index.threads=2 -c core.preloadIndex=true status --short && git grep -c --threads=2 ab -- tree | sort | tail -n 3
git log --format=%H && git fsck --no-progress
cd .. && git clone -q --no-local store copy && git -C copy log --format=%T
"""


def write_git(folder):
  write_tree(folder)
  (folder / "work.sh").write_text(GIT_SCRIPT)


RUBY_PROGRAM = """
puts 4.times.map { |n| Thread.new { (1..10000).sum + n } }.sum(&:value)
Thread.new { sleep }
queue = Queue.new
Thread.new { queue.pop }
Thread.pass
"""

PERL_PROGRAM = """
use threads;
my @threads = map { threads->create(sub { my $sum = 0; $sum += $_ for 1 .. 10000; $sum }) } 1 .. 4;
my $sum = 0;
$sum += $_->join for @threads;
print "$sum\\n";
"""

NODE_PROGRAM = """
const { Worker } = require("worker_threads");
const crypto = require("crypto");
let left = 4;
for (let n = 0; n < left; n++) {
  crypto.pbkdf2("a", "b", 20000, 8, "sha256", (error, key) => { if (--left == 0) console.log(key.toString("hex")); });
}
const worker = new Worker("require('worker_threads').parentPort.postMessage(42)", { eval: true });
worker.on("message", (number) => console.log(number));
"""


def write_ruby(folder):
  (folder / "threads.rb").write_text(RUBY_PROGRAM)


def write_perl(folder):
  (folder / "threads.pl").write_text(PERL_PROGRAM)


def write_node(folder):
  (folder / "workers.js").write_text(NODE_PROGRAM)


# A server on a socket in the folder, from its making to its end; one of the queries is for parallel workers.
POSTGRES_SCRIPT = """set -e
export PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)" LC_ALL=C
initdb -D data -A trust -U me --no-sync > /dev/null
pg_ctl -D data -w -s -o "-k $PWD -h ''" -l log start
psql -h "$PWD" -U me -qAt postgres -c 'create table numbers as select g, md5(g::text) m from generate_series(1, 20000) g' \\
  -c 'create index on numbers(m)' -c "select count(*), min(m), max(m) from numbers where m > '8'" \\
  -c 'set min_parallel_table_scan_size = 0; set parallel_setup_cost = 0; set parallel_tuple_cost = 0;
      select sum(g), count(distinct m) from numbers'
pg_ctl -D data -w -s -m fast stop
"""


def write_postgres(folder):
  (folder / "work.sh").write_text(POSTGRES_SCRIPT)


def run(prepare, folder):
  """Makes the inputs of one run in `folder`."""
  if prepare is not None:
    prepare(pathlib.Path(folder))
