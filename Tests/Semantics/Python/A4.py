# So is a timer.
import threading

def body():
    print(threading.Timer(1, print).daemon)
t = threading.Thread(target=body, daemon=True)
t.start()
t.join()
