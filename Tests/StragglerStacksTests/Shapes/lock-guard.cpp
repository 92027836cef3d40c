// std::lock_guard in a lambda that is called through std::function and a virtual function.
#include "probe.h"

#include <functional>
#include <mutex>

static std::mutex mutex;

struct Task {
  virtual ~Task() = default;
  virtual void perform(const std::function<void(int)> &body) = 0;
};

struct Job final : Task {
  PROBE_KEPT void perform(const std::function<void(int)> &body) override {
    body(3);
    probe_keep();
  }
};

PROBE_KEPT static void run() {
  Job job;
  Task *volatile task = &job;
  task->perform([](int) {
    probe_arm();
    std::lock_guard<std::mutex> guard(mutex);
    probe_park();
    probe_keep();
  });
  probe_keep();
}

int main() { probe_run(run); }
