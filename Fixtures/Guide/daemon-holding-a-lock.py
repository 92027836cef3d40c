# Pitfall: the daemon is abandoned holding a lock.
# EXIT: 0
# OUTPUT: updater holds the lock
# OUTPUT: main ends
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


prices = {}
prices_lock = threading.Lock()
is_inside = threading.Event()


def update():
    with prices_lock:
        prices["tea"] = 3
        log("updater holds the lock")
        is_inside.set()
        time.sleep(100)


updater = threading.Thread(target=update, name="updater", daemon=True)
updater.start()
is_inside.wait()
log("main ends")
