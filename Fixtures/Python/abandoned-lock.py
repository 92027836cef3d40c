# A daemon sleeps inside a lock when the interpreter ends.
# RUN: --fail-on warning
# EXIT: 23
# FINDING: abandoned-lock
import fcntl
import sys
import threading
import time

lock = threading.Lock()
is_inside = threading.Event()


def hold_lock():
    with lock:
        is_inside.set()
        time.sleep(100)


def hold_file_lock():
    with open("work.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        is_inside.set()
        time.sleep(100)


# Up to 3.13.0 a lock of CPython is a POSIX semaphore. Later ones call no library for an uncontended lock, and nothing can
# be seen of it: there, the lock is a file's.
body = hold_lock if sys.version_info < (3, 13, 1) else hold_file_lock
threading.Thread(target=body, name="writer", daemon=True).start()
is_inside.wait()
