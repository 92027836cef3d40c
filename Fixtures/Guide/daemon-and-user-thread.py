# The guide's first program: exit waits for the user thread and not for the daemon.
# RUN: --fail-on warning
# CLEAN:
# OUTPUT: Daemon thread starting work.
# OUTPUT: Non-daemon thread starting work.
# OUTPUT: Non-daemon thread finishing work.
# OUTPUT: Main program ending. Daemon thread will be terminated.
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


daemon_has_logged = threading.Event()
user_has_logged = threading.Event()


def background_task():
    log("Daemon thread starting work.")
    daemon_has_logged.set()
    time.sleep(5)
    log("Daemon thread finishing work.")


def main_task():
    log("Non-daemon thread starting work.")
    time.sleep(0.2)
    log("Non-daemon thread finishing work.")
    user_has_logged.set()


daemon = threading.Thread(target=background_task, name="DaemonExample", daemon=True)
daemon.start()
daemon_has_logged.wait()
user = threading.Thread(target=main_task, name="NonDaemonExample")
user.start()
time.sleep(0.21)
# The order is the guide's also where 10 ms are too few.
user_has_logged.wait()
log("Main program ending. Daemon thread will be terminated.")
