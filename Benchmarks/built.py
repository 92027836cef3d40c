"""The programs of this folder, built, and the command line that observes them."""

import pathlib
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent


class Bench:
    """A folder with the built programs, and the command line."""

    def __init__(self, built: pathlib.Path, folder: pathlib.Path):
        self.straggler = built / "straggler"
        self.folder = folder
        for needed in (self.straggler, built / "libStragglerPreload.so"):
            if not needed.exists():
                sys.exit(f"{needed} is missing: build the release configuration first (make bench does)")

    def compile(self) -> None:
        for source in sorted(SOURCES.glob("*.c")):
            self.compile_one(source, source.stem, "-fomit-frame-pointer")
        # Code that keeps a frame pointer has a window twice as large recorded.
        self.compile_one(SOURCES / "locks.c", "locks-framed", "-fno-omit-frame-pointer")
        self.compile_one(SOURCES / "contend.c", "contend-tsan", "-fsanitize=thread", compiler="gcc")

    def compile_one(self, source: pathlib.Path, name: str, option: str, compiler: str = "cc") -> None:
        command = [compiler, "-O2", "-g", "-std=gnu11", "-Wall", "-Wextra", "-pthread", "-Wl,-z,now", option]
        subprocess.run([*command, "-o", self.folder / name, source], check=True)

    def observing(self, command: list) -> list:
        """The command that runs this one observed, with both reports written. The status is the program's own."""
        reports = [f"--report=text={self.folder / 'report.txt'}", f"--report=json={self.folder / 'report.json'}"]
        return [str(part) for part in (self.straggler, "run", "--fail-on", "never", *reports, "--", *command)]

    def observe(self, program: str, *arguments: object) -> subprocess.CompletedProcess:
        command = self.observing([self.folder / program, *arguments])
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    def output_of(self, program: str, *arguments: object) -> str:
        result = self.observe(program, *arguments)
        if result.returncode != 0:
            sys.exit(f"{program} ended with {result.returncode} instead of 0: {result.stderr.strip()}")
        return result.stdout
