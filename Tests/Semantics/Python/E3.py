# An exit in the middle of main waits too.
import threading

import sys
def body():
    threading.main_thread().join()
    print('thread')
threading.Thread(target=body).start()
sys.exit(3)
