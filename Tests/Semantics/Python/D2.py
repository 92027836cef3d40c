# A thread may end itself without a word.
import threading

def body(): raise SystemExit(3)
t = threading.Thread(target=body)
t.start()
t.join()
print('went on')
