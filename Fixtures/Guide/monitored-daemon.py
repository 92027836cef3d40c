# The guide's third program: an event tells the daemon to end, a short join waits for it, and nothing is abandoned.
# RUN: --fail-on warning
# CLEAN:
# OUTPUT: Monitored daemon thread starting.
# OUTPUT: Doing a unit of work...
# OUTPUT: Doing a unit of work...
# OUTPUT: Doing a unit of work...
# OUTPUT: Main program signaling daemon to stop.
# OUTPUT: Monitored daemon thread shutting down gracefully.
# OUTPUT: Main program exiting.
import threading


def log(line):
    print(line + "\n", end="", flush=True)


stop_signal = threading.Event()
three_units_done = threading.Event()


def monitored_background_task():
    log("Monitored daemon thread starting.")
    units = 0
    while not stop_signal.is_set():
        log("Doing a unit of work...")
        units += 1
        if units == 3:
            three_units_done.set()
        # The third unit is the last one, also where main is slow to say so.
        stop_signal.wait(timeout=0.1 if units < 3 else 60)
    log("Monitored daemon thread shutting down gracefully.")


daemon = threading.Thread(target=monitored_background_task, daemon=True)
daemon.start()
three_units_done.wait()
log("Main program signaling daemon to stop.")
stop_signal.set()
daemon.join(timeout=2)
log("Main program exiting.")
