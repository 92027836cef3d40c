"""A person at a terminal: runs straggler on one, types, and reads until what has to come has come.

Arguments: the scenario, straggler's path, the path of the program `signals`. Ends with 0 where all was as it has to be.
"""

import os
import pty
import re
import select
import signal
import sys
import termios
import time

LIMIT = 30  # seconds, which only a hang reaches


class Terminal:
    """A program on a terminal of its own, as the leader of its session."""

    def __init__(self, words):
        self.text = ""
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.environ.update(PS1="prompt> ", TERM="dumb")  # or line editing wraps each line in commands
            os.execvp(words[0], words)

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self):
        """More of the text; False at its end."""
        ready, _, _ = select.select([self.master], [], [], LIMIT)
        if not ready:
            raise SystemExit(f"nothing more came after:\n{self.text}")
        try:
            piece = os.read(self.master, 4096)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
        self.text += piece.decode(errors="replace").replace("\r", "")
        return bool(piece)

    def expect(self, pattern):
        """Reads until the pattern has come, and gives up what stands before its end."""
        while not (found := re.search(pattern, self.text, re.M)):
            if not self.read():
                raise SystemExit(f"the end came before {pattern!r}:\n{self.text}")
        before, self.text = self.text[: found.end()], self.text[found.end() :]
        return before

    def await_job(self, shell):
        """Waits until the shell of process group `shell` has given the terminal to a job, and all of it runs.

        A shell names the job first: a key that comes before the terminal is handed over is the shell's own, and what stops a job
        that was not continued yet is forgotten when it is.
        """
        deadline = time.monotonic() + LIMIT
        while (group := os.tcgetpgrp(self.master)) == shell or is_stopped(group):
            if time.monotonic() > deadline:
                raise SystemExit(f"no job came into the foreground after:\n{self.text}")
            time.sleep(0.001)

    def await_key(self):
        """Waits until a program on the terminal waits for a key in select(2), as Python's line editing does.

        It writes its prompt a moment before: a signal in between is only noticed at the next key (Modules/readline.c,
        readline_until_enter_or_signal).
        """
        deadline = time.monotonic() + LIMIT
        while not any(is_in_select(process) for process, _ in processes(os.getsid(self.process))):
            if time.monotonic() > deadline:
                raise SystemExit(f"nobody waited for a key after:\n{self.text}")
            time.sleep(0.001)

    def end(self):
        """What is left of the text, and the status as a shell has it."""
        while self.read():
            pass
        status = os.waitpid(self.process, 0)[1]
        return self.text, os.waitstatus_to_exitcode(status)


def processes(session):
    """The number and the state of each process of a session: proc(5), stat."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            yield int(entry), fields[0]


def is_stopped(group):
    """Whether a process of the group's session is stopped."""
    return any(state == "T" for _, state in processes(os.getsid(group)))


def is_in_select(process):
    """Whether a process sleeps in select(2) or pselect(2): proc(5), syscall."""
    try:
        with open(f"/proc/{process}/syscall") as file:
            return file.read().split()[0] in ("23", "270")
    except OSError:  # it has ended
        return False


def equal(found, expected):
    if found != expected:
        raise SystemExit(f"expected {expected!r}, found {found!r}")


def observed(*words):
    return [straggler, "run", "--report", "text=/dev/null", "--", *words]


def interrupt():
    """Ctrl-C reaches the program once: a second one would come before the signal that is sent after it."""
    terminal = Terminal(observed(signals, "3"))
    terminal.expect("^ready\n")
    terminal.type("\x03")
    terminal.expect("signal 2\n")
    terminal.type("\x03")
    terminal.expect("signal 2\n")
    os.kill(terminal.process, signal.SIGUSR1)
    equal(terminal.end(), ("signal 10\n", 0))


def quit_program():
    terminal = Terminal(observed(signals))
    terminal.expect("^ready\n")
    terminal.type("\x1c")
    equal(terminal.end()[1], 128 + signal.SIGQUIT)


def hang_up():
    """The terminal goes away: everybody on it is told, and straggler ends with its program."""
    terminal = Terminal(observed(signals))
    terminal.expect("^ready\n")
    os.close(terminal.master)
    deadline = time.monotonic() + LIMIT
    ended, status = 0, 0
    while ended == 0 and time.monotonic() < deadline:
        ended, status = os.waitpid(terminal.process, os.WNOHANG)
    equal(ended, terminal.process)
    equal(os.waitstatus_to_exitcode(status), 128 + signal.SIGHUP)


def job_control():
    """Ctrl-Z stops the job as the shell sees it; fg and bg bring it back; the program is stopped and continued with it."""
    shell = Terminal(["bash", "--norc", "--noprofile", "-i"])
    shell.expect("prompt> $")
    shell.type(" ".join(observed(signals, "2")) + "\n")
    shell.expect("^ready\n")
    for _ in range(3):
        shell.type("\x1a")
        shell.expect(r"\[1\]\+ +Stopped.*\n")
        shell.expect("prompt> $")
        shell.type("fg\n")
        shell.expect(r"^/.* run .*\n")
        shell.await_job(shell.process)
    shell.type("\x03")
    shell.expect("signal 2\n")
    shell.type("\x1a")
    shell.expect("Stopped.*\n")
    shell.type("bg\n")
    shell.expect(r"\[1\]\+ .* &\n")
    shell.type("kill -USR2 %1; wait %1; echo status $?\n")
    shell.expect("^signal 12\n")
    shell.expect("^status 0\n")
    shell.type("exit\n")
    equal(shell.end()[1], 0)


def interactive_shell():
    """A shell under straggler has the terminal, with job control of its own."""
    shell = Terminal(observed("bash", "--norc", "--noprofile", "-i"))
    shell.expect("prompt> $")
    shell.type("echo answer $((6 * 7))\n")
    shell.expect("^answer 42\n")
    inner = os.tcgetpgrp(shell.master)
    shell.type("cat\n")
    shell.expect("cat\n")
    shell.await_job(inner)
    shell.type("once\n")
    shell.expect("once\nonce\n")
    shell.type("\x1a")
    shell.expect("Stopped.*\n")
    shell.type("fg\n")
    shell.expect("fg\ncat\n")
    shell.type("again\n")
    shell.expect("again\nagain\n")
    shell.type("\x04")
    shell.expect("prompt> $")
    shell.type("exit 5\n")
    equal(shell.end()[1], 5)


def interactive_python():
    """Line editing puts the terminal into a mode of its own, and back."""
    modes = {}
    for name, words in (("alone", ["python3", "-q", "-i"]), ("observed", observed("python3", "-q", "-i"))):
        terminal = Terminal(words)
        terminal.expect(">>> ")
        modes[name] = [termios.tcgetattr(terminal.master)]
        terminal.type("6 * 7\n")
        terminal.expect("^42\n")
        terminal.expect(">>> ")
        terminal.await_key()
        terminal.type("\x03")
        terminal.expect("KeyboardInterrupt\n")
        terminal.type("exit(6)\n")
        equal(terminal.end()[1], 6)
    equal(modes["observed"], modes["alone"])


scenario, straggler, signals = sys.argv[1:]
globals()[scenario]()
