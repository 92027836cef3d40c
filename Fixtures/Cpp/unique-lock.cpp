// A detached std::thread is inside a std::unique_lock when main returns.
// BUILD: c++ -g -std=c++17 -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock resource="Journal::mutex" level=error kind=mutex function=Journal::append
#include <unistd.h>

#include <future>
#include <mutex>
#include <thread>

struct Journal {
  static std::mutex mutex;
  void append(std::promise<void> &ready) {
    std::unique_lock<std::mutex> lock(mutex);
    ready.set_value();
    for (;;) pause();
  }
};
std::mutex Journal::mutex;

static std::promise<void> ready;
static Journal journal;

int main() {
  std::thread([] { journal.append(ready); }).detach();
  ready.get_future().wait();
}
