# A daemon is inside a file lock taken through fcntl.lockf when the interpreter ends.
# EXIT: 23
# FINDING: abandoned-lock
# FINDING: abandoned-lock level=error kind=file-lock mode=exclusive
import fcntl
import threading
import time

is_inside = threading.Event()


def hold():
    with open("work.lock", "w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        is_inside.set()
        time.sleep(100)


threading.Thread(target=hold, name="writer", daemon=True).start()
is_inside.wait()
