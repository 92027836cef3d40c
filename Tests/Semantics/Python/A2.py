# A thread made by a daemon is one.
import threading

def body():
    print(threading.Thread().daemon)
t = threading.Thread(target=body, daemon=True)
t.start()
t.join()
