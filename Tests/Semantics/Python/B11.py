# A negative timeout is none.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait)
t.start()
t.join(-5)
print(t.is_alive())
stop.set()
t.join()
