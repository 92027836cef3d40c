"""The table of figures: its rows, how it is printed, and what is said on a terminal while it is made."""

import datetime
import os
import platform
import sys
from typing import NamedTuple, Optional


class Row(NamedTuple):
    """One line of the table: `value` is held against `limit` where there is one."""

    name: str
    figure: str
    value: float = 0.0
    limit: Optional[float] = None
    unit: str = ""

    def passed_over(self) -> bool:
        return self.limit is not None and self.value > self.limit

    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return f"{self.limit:g}{self.unit}: {'PASSED OVER' if self.passed_over() else 'kept'}"


def say(text: str) -> None:
    """Says on a terminal what is being done, in one line that the next one replaces."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


def machine() -> str:
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    kernel = platform.release().split("-")[0]
    return (f"{datetime.date.today()}, {models[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, "
            f"Linux {kernel}, {os.confstr('CS_GNU_LIBC_VERSION')}")


def print_table(rows: list) -> None:
    say("")
    print(machine())
    columns = [max(len(row[column]) for row in rows) + 2 for column in (0, 1)]
    print(f"{'':{columns[0]}}{'figure':{columns[1]}}limit")
    for row in rows:
        print(f"{row.name:{columns[0]}}{row.figure:{columns[1]}}{row.verdict()}".rstrip())
