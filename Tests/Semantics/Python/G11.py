# Locks of a thread that has ended.
import threading

lock, recursive = threading.Lock(), threading.RLock()
def body():
    lock.acquire()
    recursive.acquire()
t = threading.Thread(target=body)
t.start()
t.join()
print(lock.acquire(timeout=.01), recursive.acquire(timeout=.01))
lock.release()
print(lock.acquire(timeout=.01))
