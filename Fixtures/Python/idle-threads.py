# Daemons that wait for an event, for a queue, for a condition and for each other, and one that has released its locks, hold
# nothing.
# RUN: --fail-on warning
# CLEAN:
# NO-FINDING: abandoned-lock
# NO-FINDING: orphaned-lock
# NO-FINDING: abandoned-file
import queue
import threading

never = threading.Event()
jobs = queue.Queue()
changed = threading.Condition()
lock = threading.Lock()
recursive_lock = threading.RLock()


def release_locks():
    with lock, recursive_lock, recursive_lock:
        pass
    never.wait()


def wait_for_change():
    with changed:
        changed.wait()


def until_blocked(thread):
    """Returns when the kernel says that the thread stands in a futex call (202 on x86-64)."""
    call = ""
    while not call.startswith("202 "):
        with open(f"/proc/self/task/{thread.native_id}/syscall") as file:
            call = file.read()


def until_waited_for(condition, count):
    """Returns when so many threads wait for the condition, and so have given its lock up."""
    while True:
        with condition:
            if len(condition._waiters) == count:
                return


threads = [threading.Thread(target=body, daemon=True) for body in (never.wait, jobs.get, release_locks, wait_for_change)]
threads.append(threading.Thread(target=threads[0].join, daemon=True))
for thread in threads:
    thread.start()
until_waited_for(never._cond, 2)
until_waited_for(jobs.not_empty, 1)
until_waited_for(changed, 1)
until_blocked(threads[-1])
