# A lock after a wait that timed out.
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire(timeout=.01)
lock.release()
print(lock.locked(), lock.acquire(timeout=.01))
