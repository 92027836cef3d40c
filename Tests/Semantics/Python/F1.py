# The status of an exit.
import atexit, sys
atexit.register(print, 'callback')
sys.exit(0)
