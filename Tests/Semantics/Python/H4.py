# The thread that forks is the child's main thread.
import threading

import os
def body():
    child = os.fork()
    if child == 0:
        main = threading.main_thread()
        print(main.name, main.daemon, main is threading.current_thread(), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
t = threading.Thread(target=body, name='worker', daemon=True)
t.start()
t.join()
