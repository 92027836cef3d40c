# A callback waits for a daemon's lock.
import threading

import atexit
lock, held = threading.Lock(), threading.Event()
def daemon():
    with lock:
        held.set()
        threading.Event().wait()
threading.Thread(target=daemon, daemon=True).start()
held.wait()
atexit.register(lambda: print(lock.acquire(timeout=.05)))
