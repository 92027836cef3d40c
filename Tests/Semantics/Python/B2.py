# Start returns once the thread is alive.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait)
t.start()
print(t.is_alive(), t.native_id is not None)
stop.set()
t.join()
