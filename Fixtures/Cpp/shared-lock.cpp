// A detached thread is inside a std::shared_lock when main returns.
// BUILD: c++ -g -std=c++17 -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock resource="table" kind=read-write-lock mode=shared
#include <unistd.h>

#include <future>
#include <shared_mutex>
#include <thread>

static std::shared_mutex table;
static std::promise<void> ready;

int main() {
  std::thread([] {
    std::shared_lock<std::shared_mutex> lock(table);
    ready.set_value();
    for (;;) pause();
  }).detach();
  ready.get_future().wait();
}
