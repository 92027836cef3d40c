# Live threads have different native ids.
import threading

stop = threading.Event()
threads = [threading.Thread(target=stop.wait) for _ in range(10)]
for t in threads: t.start()
print(len({t.native_id for t in threads}))
stop.set()
for t in threads: t.join()
