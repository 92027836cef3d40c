# Joining what was not started.
import threading

try:
    threading.Thread().join()
except RuntimeError as error:
    print('before it is started' in str(error))
