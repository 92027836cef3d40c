# The order of the exit.
import threading

import atexit
atexit.register(print, 'exit 1', flush=True)
atexit.register(print, 'exit 2', flush=True)
threading._register_atexit(lambda: print('early 1', flush=True))
threading._register_atexit(lambda: print('early 2', flush=True))
def body():
    threading.main_thread().join()
    print('thread', flush=True)
threading.Thread(target=body).start()
print('end of main', flush=True)
