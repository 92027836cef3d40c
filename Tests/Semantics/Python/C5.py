# The list during the exit.
import threading

import atexit
threading.Thread(target=threading.Event().wait, daemon=True, name='daemon').start()
atexit.register(lambda: print(sorted(t.name for t in threading.enumerate())))
