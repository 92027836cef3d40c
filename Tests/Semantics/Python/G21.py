# A barrier for nobody.
# FROM: 3.13
import threading

try:
    threading.Barrier(0)
except ValueError as error:
    print('parties must be > 0' in str(error))
