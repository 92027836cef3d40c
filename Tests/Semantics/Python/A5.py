# A thread made by a foreign thread is a daemon.
import threading

import _thread
done = threading.Event()
def body():
    print(threading.Thread().daemon)
    done.set()
_thread.start_new_thread(body, ())
done.wait()
