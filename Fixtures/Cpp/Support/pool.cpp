// The library: its pool lives as long as the process and ends its worker when it is destroyed.
#include "pool.h"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

namespace {

class Pool {
 public:
  Pool() : worker([this] { work(); }) {}
  ~Pool() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      stopping = true;
    }
    changed.notify_all();
    worker.join();
    std::cout << "the pool has joined its worker" << std::endl;
  }
  void submit() {
    std::lock_guard<std::mutex> lock(mutex);
    pending++;
    changed.notify_all();
  }

 private:
  void work() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!stopping) {
      changed.wait(lock, [this] { return stopping || pending > 0; });
      if (pending > 0) pending--;
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  int pending = 0;
  bool stopping = false;
  std::thread worker;
};

Pool pool;

}  // namespace

void submit() { pool.submit(); }
