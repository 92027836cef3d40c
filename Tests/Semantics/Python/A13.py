# The native id stays after the end.
import threading

t = threading.Thread(target=lambda: None)
t.start()
t.join()
print(t.native_id is not None)
