# Who starts a thread does not matter.
import threading

t = threading.Thread(target=lambda: None)
starter = threading.Thread(target=t.start, daemon=True)
starter.start()
starter.join()
print(t.daemon)
t.join()
