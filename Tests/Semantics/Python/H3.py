# A lock that another thread held stays locked there.
import threading

import os
lock, held, stop = threading.Lock(), threading.Event(), threading.Event()
def body():
    with lock:
        held.set()
        stop.wait()
t = threading.Thread(target=body)
t.start()
held.wait()
child = os.fork()
if child == 0:
    print(lock.acquire(timeout=.01), flush=True)
    os._exit(0)
os.waitpid(child, 0)
stop.set()
