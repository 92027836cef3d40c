# A callback that fails.
import threading

import atexit, sys
atexit.register(print, 'other')
def callback(): raise ValueError('broken')
atexit.register(callback)
sys.exit(3)
