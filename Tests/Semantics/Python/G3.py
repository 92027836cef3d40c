# A lock that is held.
import threading

lock = threading.Lock()
lock.acquire()
print(lock.acquire(False), lock.acquire(timeout=.01), lock.locked())
