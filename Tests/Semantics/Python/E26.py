# Forty daemons at work.
import threading

import sys
def daemon():
    while True:
        with open('/dev/null', 'wb', 0) as file: file.write(b'x')
for _ in range(40): threading.Thread(target=daemon, daemon=True).start()
sys.exit(0)
