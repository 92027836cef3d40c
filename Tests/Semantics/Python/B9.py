# Joining oneself.
import threading

def body():
    try:
        threading.current_thread().join()
    except RuntimeError as error:
        print('cannot join current thread' in str(error))
t = threading.Thread(target=body)
t.start()
t.join()
