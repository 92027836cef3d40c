# An empty name is none.
import threading
print(threading.Thread(name='').name.startswith('Thread-'))
