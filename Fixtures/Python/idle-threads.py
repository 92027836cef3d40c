# Daemons that wait for an event and for a queue, and one that has released its locks, hold nothing.
# RUN: --fail-on warning
# CLEAN:
# NO-FINDING: abandoned-lock
# NO-FINDING: abandoned-file
import queue
import threading

never = threading.Event()
jobs = queue.Queue()
lock = threading.Lock()
recursive_lock = threading.RLock()


def release_locks():
    with lock, recursive_lock, recursive_lock:
        pass
    never.wait()


def until_waited_for(condition, count):
    """Returns when so many threads wait for the condition, and so have given its lock up."""
    while True:
        with condition:
            if len(condition._waiters) == count:
                return


for body in (never.wait, jobs.get, release_locks):
    threading.Thread(target=body, daemon=True).start()
until_waited_for(never._cond, 2)
until_waited_for(jobs.not_empty, 1)
