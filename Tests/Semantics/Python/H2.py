# The others count as ended there.
import threading

import os
stop = threading.Event()
other = threading.Thread(target=stop.wait)
other.start()
child = os.fork()
if child == 0:
    other.join()
    print(other.is_alive(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
stop.set()
