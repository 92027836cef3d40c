# A cancelled timer ends at once.
import threading

timer = threading.Timer(3600, print)
timer.start()
timer.cancel()
timer.join()
print(timer.finished.is_set(), timer.is_alive())
