# No native id before the start.
import threading
print(threading.Thread().native_id is None)
