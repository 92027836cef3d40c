# Threads that start threads are all waited for.
# NOT: 3.12.0 3.12.1 3.12.2
import threading

def body(depth):
    threading.main_thread().join()
    print('thread', depth, flush=True)
    if depth < 3: threading.Thread(target=body, args=(depth + 1,)).start()
threading.Thread(target=body, args=(1,)).start()
