# An early callback that comes too late.
import threading

import atexit
def callback():
    try:
        threading._register_atexit(print)
    except RuntimeError:
        print('refused')
atexit.register(callback)
