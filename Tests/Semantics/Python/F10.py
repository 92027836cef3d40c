# A handler of SIGTERM that exits.
import threading

import atexit, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
atexit.register(print, 'callback', flush=True)
def body():
    threading.main_thread().join()
    print('thread', flush=True)
threading.Thread(target=body).start()
os.kill(os.getpid(), signal.SIGTERM)
signal.pause()
