# The object of a foreign thread.
import threading

import _thread
done = threading.Event()
def body():
    t = threading.current_thread()
    print(t.name, t.daemon, t.is_alive(), t in threading.enumerate())
    done.set()
_thread.start_new_thread(body, ())
done.wait()
