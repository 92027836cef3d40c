// A library's static pool: its destructor, which runs after everything of the program, joins its worker.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

namespace {
class Pool {
 public:
  Pool() : worker_([this] { work(); }) {}
  ~Pool() {
    {
      std::lock_guard<std::mutex> guard(mutex_);
      over_ = true;
    }
    condition_.notify_all();
    worker_.join();
    std::puts("worker joined");
  }
  void use() {
    std::lock_guard<std::mutex> guard(mutex_);
    uses_ += 1;
  }

 private:
  void work() {
    std::unique_lock<std::mutex> lock(mutex_);
    condition_.wait(lock, [this] { return over_; });
  }
  std::mutex mutex_;
  std::condition_variable condition_;
  bool over_ = false;
  int uses_ = 0;
  std::thread worker_;
};
Pool pool;
}  // namespace

extern "C" void use_pool() { pool.use(); }
