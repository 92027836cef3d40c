# A thread that joins main ends.
import threading

def body():
    threading.main_thread().join()
    print('end of thread', flush=True)
threading.Thread(target=body).start()
print('end of main', flush=True)
