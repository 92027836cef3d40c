# An error ends its thread only.
import threading

def body(): raise ValueError('broken')
t = threading.Thread(target=body, name='importer')
t.start()
t.join()
print('went on')
