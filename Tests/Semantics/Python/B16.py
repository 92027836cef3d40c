# A daemon can be joined.
import threading

t = threading.Thread(target=lambda: print('daemon'), daemon=True)
t.start()
t.join()
print('joined')
