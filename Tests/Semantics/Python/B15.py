# A joined thread is not listed.
import threading

listed = 0
for _ in range(50):
    t = threading.Thread(target=lambda: None)
    t.start()
    t.join()
    listed += t in threading.enumerate()
print(listed)
