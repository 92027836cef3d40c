# A daemon is still inside a recursive lock that it entered twice when the interpreter ends; another is in the second of its locks.
# RUN: --fail-on warning
# EXIT: 23
# FINDING: abandoned-lock count=2
import fcntl
import sys
import threading

recursive_lock = threading.RLock()
first_lock = threading.Lock()
second_lock = threading.Lock()
inside = threading.Semaphore(0)
never = threading.Event()


def hold_recursive_lock():
    with recursive_lock:
        with recursive_lock:
            pass
        inside.release()
        never.wait()


def hold_second_lock():
    with first_lock:
        pass
    with second_lock:
        inside.release()
        never.wait()


def hold_file_lock():
    with open(f"{threading.get_ident()}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        inside.release()
        never.wait()


# From 3.13.1 on a lock of CPython calls no library: see abandoned-lock.py.
is_seen = sys.version_info < (3, 13, 1)
bodies = (hold_recursive_lock, hold_second_lock) if is_seen else (hold_file_lock, hold_file_lock)
for body in bodies:
    threading.Thread(target=body, daemon=True).start()
for _ in bodies:
    inside.acquire()
