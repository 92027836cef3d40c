# Pitfall: a running thread cannot become a daemon any more: that is an error, and nothing changes.
# RUN: --fail-on warning
# CLEAN:
# OUTPUT: refused: the thread is running
# OUTPUT: daemon: False
# OUTPUT: the thread finishes
import threading


def log(line):
    print(line + "\n", end="", flush=True)


may_end = threading.Event()


def work():
    may_end.wait()
    log("the thread finishes")


thread = threading.Thread(target=work, name="worker")
thread.start()
try:
    thread.daemon = True
except RuntimeError:
    log("refused: the thread is running")
log("daemon: " + str(thread.daemon))
may_end.set()
