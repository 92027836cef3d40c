# A join whose time is over.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait)
t.start()
t.join(.01)
print(t.is_alive())
stop.set()
t.join(60)
print(t.is_alive())
