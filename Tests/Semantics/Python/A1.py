# A thread made by the main thread is no daemon.
import threading
print(threading.Thread().daemon)
