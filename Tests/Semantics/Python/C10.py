# Nobody waits for a foreign thread.
import threading

import _thread, time
started = threading.Event()
def body():
    started.set()
    time.sleep(30)
    print('went on')
_thread.start_new_thread(body, ())
started.wait()
print('end of main')
