# Pitfall: the daemon is abandoned while a structure that others use is half changed.
# EXIT: 0
# OUTPUT: debited 5
# OUTPUT: main ends
import threading
import time


def log(line):
    print(line + "\n", end="", flush=True)


accounts = {"savings": 10, "giro": 0}
is_debited = threading.Event()


def transfer():
    accounts["savings"] -= 5
    log("debited 5")
    is_debited.set()
    time.sleep(100)
    accounts["giro"] += 5
    log("credited 5")


teller = threading.Thread(target=transfer, name="teller", daemon=True)
teller.start()
is_debited.wait()
log("main ends")
