# A forked child has one thread.
import threading

import os
stop = threading.Event()
other = threading.Thread(target=stop.wait)
other.start()
child = os.fork()
if child == 0:
    print(len(threading.enumerate()), threading.main_thread() is threading.current_thread(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
stop.set()
