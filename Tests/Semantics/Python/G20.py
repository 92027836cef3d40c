# A permit that nobody took.
import threading

semaphore = threading.BoundedSemaphore(1)
try:
    semaphore.release()
except ValueError as error:
    print('Semaphore released too many times' in str(error))
