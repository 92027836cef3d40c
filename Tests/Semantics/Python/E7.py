# Daemons run during the exit callbacks.
import threading

import atexit
ask, answer = threading.Event(), threading.Event()
def daemon():
    ask.wait()
    answer.set()
    threading.Event().wait()
t = threading.Thread(target=daemon, daemon=True)
t.start()
def callback():
    ask.set()
    print(answer.wait(60), t.is_alive())
atexit.register(callback)
