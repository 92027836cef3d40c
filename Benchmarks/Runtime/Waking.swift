// One thread wakes another, which wakes it in turn: events, conditions, semaphores.

import Dispatch
import Glibc
import Straggler

func compareWaking() {
  let rounds = 1_000
  let (ping, pong) = (Event(), Event())
  let ours = turns(
    "ours",
    mine: {
      ping.set(); pong.wait(); pong.clear()
    },
    theirs: {
      ping.wait(); ping.clear(); pong.set()
    })
  compare(
    "Event, set to wake and back", rounds: rounds, blocks: 61, ours: ours,
    others: [
      flags(
        "pthread condition, observed", lock: { pthread_mutex_lock($0) }, unlock: { pthread_mutex_unlock($0) },
        wait: { pthread_cond_wait($0, $1) }),
      flags(
        "pthread condition, past the recorder", lock: { LibC.mutexLock($0) }, unlock: { LibC.mutexUnlock($0) },
        wait: { LibC.conditionWait($0, $1) }),
    ])
}

func compareSemaphores() {
  let (semaphore, dispatch) = (Semaphore(1), DispatchSemaphore(value: 1))
  compare(
    "Semaphore, wait and signal", rounds: 20_000, blocks: 301,
    ours: Side("ours") { rounds in
      for _ in 0..<rounds {
        semaphore.wait()
        semaphore.signal()
      }
    },
    others: [
      Side("DispatchSemaphore") { rounds in
        for _ in 0..<rounds {
          dispatch.wait()
          dispatch.signal()
        }
      }
    ])
  let (ping, pong) = (Semaphore(0), Semaphore(0))
  let (dispatchPing, dispatchPong) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
  compare(
    "Semaphore, signal to wake and back", rounds: 1_000, blocks: 61,
    ours: turns(
      "ours",
      mine: {
        ping.signal(); pong.wait()
      },
      theirs: {
        ping.wait(); pong.signal()
      }),
    others: [
      turns(
        "DispatchSemaphore",
        mine: {
          dispatchPing.signal(); dispatchPong.wait()
        },
        theirs: {
          dispatchPing.wait(); dispatchPong.signal()
        })
    ])
}

/// Two threads that take turns.
private func turns(
  _ name: String, mine: @escaping @Sendable () -> Void, theirs: @escaping @Sendable () -> Void
) -> Side {
  Side(name: name) { rounds in
    let ready = Gathering(of: 2)
    let partner = LibraryThread {
      ready.wait()
      for _ in 0..<rounds { theirs() }
    }
    ready.wait()
    let start = now()
    for _ in 0..<rounds { mine() }
    let end = now()
    partner.join()
    return end - start
  }
}

/// A flag with its condition variable, as one writes an event with pthreads.
private final class Flag: @unchecked Sendable {
  let mutex = LibC.Mutex.allocate(capacity: 1)
  let condition = LibC.Condition.allocate(capacity: 1)
  var isSet = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }
}

private func flags(
  _ name: String, lock: @escaping @Sendable (LibC.Mutex) -> Int32, unlock: @escaping @Sendable (LibC.Mutex) -> Int32,
  wait: @escaping @Sendable (LibC.Condition, LibC.Mutex) -> Int32
) -> Side {
  let (ping, pong) = (Flag(), Flag())
  let set: @Sendable (Flag) -> Void = { flag in
    _ = lock(flag.mutex)
    flag.isSet = true
    pthread_cond_signal(flag.condition)
    _ = unlock(flag.mutex)
  }
  let awaitAndClear: @Sendable (Flag) -> Void = { flag in
    _ = lock(flag.mutex)
    while !flag.isSet { _ = wait(flag.condition, flag.mutex) }
    flag.isSet = false
    _ = unlock(flag.mutex)
  }
  return turns(
    name,
    mine: {
      set(ping); awaitAndClear(pong)
    },
    theirs: {
      awaitAndClear(ping); set(pong)
    })
}
