# What a daemon wanted done at its end is not done.
import threading

started = threading.Event()
def daemon():
    try:
        started.set()
        threading.Event().wait()
    finally:
        print('cleanup')
threading.Thread(target=daemon, daemon=True).start()
started.wait()
print('end of main')
