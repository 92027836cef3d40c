# A hook is told all of it.
import threading

threading.excepthook = lambda args: print('hook', args.thread.name, args.thread is threading.current_thread())
def one(): raise ValueError('broken')
def two(): raise SystemExit(3)
for body in one, two:
    t = threading.Thread(target=body, name='importer')
    t.start()
    t.join()
