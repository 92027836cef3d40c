# Daemons run while the exit waits.
import threading

ask, answer = threading.Event(), threading.Event()
def daemon():
    ask.wait()
    answer.set()
    threading.Event().wait()
def user():
    threading.main_thread().join()
    ask.set()
    print(answer.wait(60))
threading.Thread(target=daemon, daemon=True).start()
threading.Thread(target=user).start()
