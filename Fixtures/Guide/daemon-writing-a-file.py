# Pitfall: the daemon is abandoned in the middle of a file.
# RUN: --fail-on warning
# EXIT: 23
# FINDING: abandoned-file resource="export.csv" level=warning kind=file mode=write
# OUTPUT: exporter wrote the first half
# OUTPUT: main ends
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


is_half_done = threading.Event()


def export():
    with open("export.csv", "w") as file:
        file.write("tea;3\n")
        file.flush()
        log("exporter wrote the first half")
        is_half_done.set()
        time.sleep(100)


exporter = threading.Thread(target=export, name="exporter", daemon=True)
exporter.start()
is_half_done.wait()
log("main ends")
