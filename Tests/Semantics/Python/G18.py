# An event that is set and cleared.
import threading

import time
event, waiting, woken = threading.Event(), threading.Semaphore(0), []
def body():
    waiting.release()
    woken.append(event.wait(60))
threads = [threading.Thread(target=body) for _ in range(5)]
for t in threads: t.start()
for t in threads: waiting.acquire()
time.sleep(.2)
event.set()
event.clear()
for t in threads: t.join()
print(woken.count(True))
