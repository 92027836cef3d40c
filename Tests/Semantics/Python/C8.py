# A foreign thread cannot be joined.
import threading

import _thread
seen, stop = threading.Event(), threading.Event()
threads = []
def body():
    threads.append(threading.current_thread())
    seen.set()
    stop.wait()
_thread.start_new_thread(body, ())
seen.wait()
try:
    threads[0].join()
except (RuntimeError, AssertionError):
    print('refused')
stop.set()
