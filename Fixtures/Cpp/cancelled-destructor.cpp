// A cancelled thread's destructors run, as they do without an observer, and give its lock back.
// BUILD: c++ -g -std=c++17 -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: the destructor ran
// NO-FINDING: orphaned-lock
#include <pthread.h>
#include <unistd.h>

#include <future>
#include <iostream>
#include <mutex>
#include <thread>

static std::mutex journal;
static std::promise<void> ready;

struct Witness {
  ~Witness() { std::cout << "the destructor ran" << std::endl; }
};

int main() {
  std::thread thread([] {
    Witness witness;
    std::lock_guard<std::mutex> lock(journal);
    ready.set_value();
    for (;;) pause();
  });
  ready.get_future().wait();
  pthread_cancel(thread.native_handle());
  thread.join();
}
