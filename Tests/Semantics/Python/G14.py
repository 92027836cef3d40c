# What a condition's waits return.
import threading

condition = threading.Condition()
with condition:
    print(condition.wait(.01))
    print(condition.wait_for(lambda: False, .01), condition.wait_for(lambda: True, .01))
