# A foreign thread's object goes with it.
# FROM: 3.13
import threading

import _thread, time
def body():
    threading.current_thread()
_thread.start_new_thread(body, ())
for _ in range(1000):
    if len(threading.enumerate()) == 1: break
    time.sleep(.01)
print(len(threading.enumerate()))
