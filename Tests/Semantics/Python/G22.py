# How a barrier breaks, and is mended.
import threading

barrier = threading.Barrier(2)
for _ in range(2):
    try:
        barrier.wait(.01)
    except threading.BrokenBarrierError:
        print('broken', barrier.broken)
barrier.reset()
print(barrier.broken, barrier.n_waiting, barrier.parties)
def action(): raise ValueError('broken')
barrier = threading.Barrier(1, action)
try:
    barrier.wait()
except ValueError:
    print('action', barrier.broken)
