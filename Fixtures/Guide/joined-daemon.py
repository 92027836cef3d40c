# The guide's second program: main needs the daemon's result and joins it, for at most 5 s.
# RUN: --fail-on warning
# CLEAN:
# OUTPUT: Important daemon thread starting.
# OUTPUT: Main program reached a point where it needs the daemon's result.
# OUTPUT: Important daemon thread completed crucial phase.
# OUTPUT: Main program proceeding after daemon thread joined.
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


main_has_logged = threading.Event()
daemon_has_logged = threading.Event()


def important_background_task():
    log("Important daemon thread starting.")
    daemon_has_logged.set()
    time.sleep(0.3)
    main_has_logged.wait()
    log("Important daemon thread completed crucial phase.")


daemon = threading.Thread(target=important_background_task, daemon=True)
daemon.start()
daemon_has_logged.wait()
time.sleep(0.1)
log("Main program reached a point where it needs the daemon's result.")
main_has_logged.set()
daemon.join(timeout=5)
log("Main program proceeding after daemon thread joined.")
