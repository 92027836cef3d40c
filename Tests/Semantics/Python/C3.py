# The main thread.
import threading

main = threading.main_thread()
print(main.name, main.daemon, main is threading.current_thread())
