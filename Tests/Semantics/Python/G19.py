# A semaphore without permits.
import threading

semaphore = threading.Semaphore(2)
print(semaphore.acquire(), semaphore.acquire(False), semaphore.acquire(False), semaphore.acquire(timeout=.01))
semaphore.release(2)
print(semaphore.acquire(False), semaphore.acquire(False), semaphore.acquire(False))
