// std::unique_lock, handed out of the function that takes it: at -O0 libstdc++'s wrappers have frames of their own.
#include "probe.h"

#include <mutex>

static std::mutex mutex;

PROBE_KEPT static std::unique_lock<std::mutex> acquire() {
  probe_arm();
  std::unique_lock<std::mutex> lock(mutex);
  probe_keep();
  return lock;
}

PROBE_KEPT static void work() {
  auto lock = acquire();
  probe_park();
  probe_keep();
}

PROBE_KEPT static void run() {
  work();
  probe_keep();
}

int main() { probe_run(run); }
