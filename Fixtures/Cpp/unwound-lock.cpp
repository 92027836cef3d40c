// An exception leaves a lock's scope: the lock is given back on the way.
// BUILD: c++ -g -std=c++17 -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: caught: disk full
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
#include <unistd.h>

#include <future>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

static std::recursive_mutex journal;
static std::promise<void> ready;

static void append() {
  std::lock_guard<std::recursive_mutex> lock(journal);
  throw std::runtime_error("disk full");
}

int main() {
  std::thread([] {
    try {
      append();
    } catch (const std::exception &error) {
      std::cout << "caught: " << error.what() << std::endl;
    }
    ready.set_value();
    for (;;) pause();
  }).detach();
  ready.get_future().wait();
}
