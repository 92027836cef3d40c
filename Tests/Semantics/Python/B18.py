# The daemon flag is fixed by the start.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait)
t.start()
stop.set(); t.join()
try:
    t.daemon = True
except RuntimeError as error:
    print('cannot set daemon status of active thread' in str(error), t.daemon)
stop.set()
t.join()
