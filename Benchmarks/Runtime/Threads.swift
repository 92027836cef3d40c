// A thread's whole life: made, started, joined.

import Glibc
import Straggler

func compareThreads() {
  compare(
    "thread, create and join", rounds: 100, blocks: 101,
    ours: Side("ours") { rounds in
      for _ in 0..<rounds {
        let thread = Straggler.Thread(name: "worker", daemon: false) {}
        do {
          try thread.start()
          try thread.join()
        } catch {
          fatalError("\(error)")
        }
      }
    },
    others: [
      Side("pthread, observed") { rounds in
        for _ in 0..<rounds {
          var handle = pthread_t()
          let status = pthread_create(&handle, nil, { _ in nil }, nil)
          precondition(status == 0, "pthread_create failed with \(status)")
          pthread_join(handle, nil)
        }
      },
      Side("pthread, past the recorder") { rounds in
        for _ in 0..<rounds { LibraryThread {}.join() }
      },
    ])
}
