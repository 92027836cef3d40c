# The exit waits for a timer.
import threading

threading.Timer(.05, lambda: print('fired')).start()
print('end of main', flush=True)
