// Exceptions, and destructors at the end of a thread by pthread_exit and by pthread_cancel.
#include <cstdio>
#include <mutex>
#include <stdexcept>

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t standing;
static std::mutex m;

struct Witness {
  const char *place;
  ~Witness() { std::printf("destroyed in %s\n", place), std::fflush(stdout); }
};

static void *leave(void *) {
  Witness witness{"leaving thread"};
  std::lock_guard<std::mutex> guard(m);
  pthread_exit(nullptr);
}

static void *wait_forever(void *) {
  Witness witness{"canceled thread"};
  std::lock_guard<std::mutex> guard(m);
  sem_post(&standing);
  for (;;) pause();
}

static thread_local Witness own{"thread-local storage"};

static void *use_own(void *) {
  own.place = "thread-local storage";
  std::lock_guard<std::mutex> guard(m);
  return nullptr;
}

static void throw_with_lock(int depth) {
  std::lock_guard<std::mutex> guard(m);
  Witness witness{"thrower"};
  throw std::runtime_error(depth == 0 ? "bottom" : "top");
}

int main() {
  pthread_t thread;
  sem_init(&standing, 0, 0);
  try {
    throw_with_lock(0);
  } catch (const std::exception &error) {
    std::printf("caught %s\n", error.what());
  }
  pthread_create(&thread, nullptr, leave, nullptr);
  pthread_join(thread, nullptr);
  pthread_create(&thread, nullptr, wait_forever, nullptr);
  sem_wait(&standing);
  pthread_cancel(thread);
  pthread_join(thread, nullptr);
  pthread_create(&thread, nullptr, use_own, nullptr);
  pthread_join(thread, nullptr);
  if (!m.try_lock()) return 1;
  m.unlock();
  return 0;
}
