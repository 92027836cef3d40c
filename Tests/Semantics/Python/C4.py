# The main thread is alive until the exit waits.
import threading

import atexit
threading._register_atexit(lambda: print('early', threading.main_thread().is_alive()))
atexit.register(lambda: print('exit', threading.main_thread().is_alive()))
