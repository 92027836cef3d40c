# The first thread without a name.
import threading
print(threading.Thread().name)
