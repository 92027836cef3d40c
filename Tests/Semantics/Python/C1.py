# Daemons and main are listed.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait, daemon=True)
t.start()
print(t in threading.enumerate(), threading.main_thread() in threading.enumerate(), len(threading.enumerate()))
