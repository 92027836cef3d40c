# Many threads join one.
import threading

stop = threading.Event()
t = threading.Thread(target=stop.wait)
t.start()
joiners = [threading.Thread(target=t.join) for _ in range(19)]
for joiner in joiners: joiner.start()
stop.set()
for joiner in joiners: joiner.join()
print(sum(not joiner.is_alive() for joiner in joiners))
