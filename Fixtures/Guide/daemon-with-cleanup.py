# How a daemon gets its cleanup: an exit callback tells it to end and waits for it.
# RUN: --fail-on warning
# CLEAN:
# NO-FINDING: abandoned-file
# OUTPUT: session opened
# OUTPUT: main ends
# OUTPUT: session closed
# OUTPUT: exit goes on
import atexit
import os
import threading


def log(line):
    print(line + "\n", end="", flush=True)


is_open = threading.Event()
may_end = threading.Event()


def session():
    file = open("session.lock", "w")
    try:
        log("session opened")
        is_open.set()
        may_end.wait()
    finally:
        file.close()
        os.unlink("session.lock")
        log("session closed")


def end_session():
    may_end.set()
    thread.join(timeout=2)
    log("exit goes on")


atexit.register(end_session)
thread = threading.Thread(target=session, name="session", daemon=True)
thread.start()
is_open.wait()
log("main ends")
