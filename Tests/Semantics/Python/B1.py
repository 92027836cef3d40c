# A thread starts once.
import threading

t = threading.Thread(target=lambda: None)
t.start()
t.join()
try:
    t.start()
except RuntimeError as error:
    print('threads can only be started once' in str(error))
