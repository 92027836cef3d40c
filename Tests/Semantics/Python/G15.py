# The order of notifications.
import threading

import time
condition, order, waiting = threading.Condition(), [], []
def body(n):
    with condition:
        waiting.append(n)
        condition.wait()
        order.append(n)
threads = []
for n in range(4):
    t = threading.Thread(target=body, args=(n,))
    t.start()
    while len(waiting) <= n: time.sleep(.001)
    threads.append(t)
for n in range(4):
    with condition: condition.notify()
    while len(order) <= n: time.sleep(.001)
for t in threads: t.join()
print(*order)
