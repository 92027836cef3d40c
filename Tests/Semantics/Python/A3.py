# Unless its maker says otherwise.
import threading

def body():
    print(threading.Thread(daemon=False).daemon)
t = threading.Thread(target=body, daemon=True)
t.start()
t.join()
