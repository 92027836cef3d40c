# A callback may start a thread and join it.
# NOT: 3.12.0 3.12.1 3.12.2
import threading

import atexit
def callback():
    t = threading.Thread(target=lambda: print('thread'))
    t.start()
    t.join()
    print('joined')
atexit.register(callback)
