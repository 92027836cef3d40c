# Another program in the process's place.
import threading

import atexit, os
atexit.register(print, 'callback')
threading.Thread(target=threading.Event().wait).start()
os.execv('/bin/echo', ['echo', 'new image'])
