# A recursive lock.
import threading

lock = threading.RLock()
print(lock.acquire(), lock.acquire(False))
lock.release()
def other(): print(lock.acquire(False))
t = threading.Thread(target=other)
t.start()
t.join()
lock.release()
t = threading.Thread(target=other)
t.start()
t.join()
