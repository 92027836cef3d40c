# Pitfall: a thread that should have been a daemon keeps the process from ending.
# CLEAN:
# OUTPUT: heartbeat starts
# OUTPUT: main ends
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


is_started = threading.Event()


def heartbeat():
    log("heartbeat starts")
    is_started.set()
    time.sleep(2)
    log("heartbeat ends, long after main")


thread = threading.Thread(target=heartbeat, name="heartbeat")
thread.start()
is_started.wait()
log("main ends")
