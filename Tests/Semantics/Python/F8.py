# Leaving without an exit.
import threading

import atexit, os
atexit.register(print, 'callback')
threading.Thread(target=lambda: os._exit(7)).start()
threading.Event().wait()
