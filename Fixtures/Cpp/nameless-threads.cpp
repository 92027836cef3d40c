// Threads of C++'s library without a name are called by what the program gave them to run.
// BUILD: c++ -std=c++17 -g -pthread %s -o %t
// FINDING: abandoned-thread message="(main::{lambda()#1}::operator()() const)"
// FINDING: abandoned-thread message="(poll(int))"
// FINDING: abandoned-thread message="(Pool::run())"
// FINDING: abandoned-thread message="(main::{lambda()#2}::operator()() const)"
// FINDING: abandoned-thread count=4
#include <future>
#include <semaphore.h>
#include <thread>
#include <unistd.h>

static sem_t ready;

static void stand() {
  sem_post(&ready);
  for (;;) pause();
}

static void poll(int) { stand(); }

struct Pool {
  void run() { stand(); }
};

int main() {
  Pool pool;
  sem_init(&ready, 0, 0);
  std::thread([] { stand(); }).detach();
  std::thread(poll, 1).detach();
  std::thread(&Pool::run, &pool).detach();
  std::future<void> future = std::async(std::launch::async, [] { stand(); });
  for (int count = 0; count < 4; count++) sem_wait(&ready);
  _exit(0);
}
