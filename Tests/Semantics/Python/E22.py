# A pool takes nothing during the exit.
import threading

import atexit
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
pool.submit(lambda: None)
def callback():
    try:
        pool.submit(print)
    except RuntimeError as error:
        print('cannot schedule new futures after' in str(error))
atexit.register(callback)
