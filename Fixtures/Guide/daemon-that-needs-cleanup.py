# Pitfall: what a daemon would do at its end, it does not do when it is abandoned.
# RUN: --fail-on warning
# EXIT: 23
# FINDING: abandoned-file resource="session.lock" level=warning kind=file
# OUTPUT: session opened
# OUTPUT: main ends
import os
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


is_open = threading.Event()


def session():
    file = open("session.lock", "w")
    try:
        log("session opened")
        is_open.set()
        time.sleep(100)
    finally:
        file.close()
        os.unlink("session.lock")
        log("session closed")


thread = threading.Thread(target=session, name="session", daemon=True)
thread.start()
is_open.wait()
log("main ends")
