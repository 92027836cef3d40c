# Alive before, between and after.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait)
print(t.is_alive())
t.start()
print(t.is_alive())
stop.set()
t.join()
print(t.is_alive())
