# Threads that nobody joins.
import threading

count = threading.Semaphore(0)
for _ in range(200): threading.Thread(target=count.release).start()
for _ in range(200): count.acquire()
print('200 ran')
