# What an event's waits return.
import threading

event = threading.Event()
print(event.wait(0), event.wait(.01), event.wait(-1))
event.set()
print(event.wait(0), event.wait(.01), event.wait(-1))
