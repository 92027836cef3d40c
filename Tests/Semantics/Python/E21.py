# A pool's work is done before the exit.
import threading

import atexit
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
done = []
for n in range(20): pool.submit(done.append, n)
atexit.register(lambda: print(len(done)))
