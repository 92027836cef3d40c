// Where the compiler put a thread's closure into the library's frame, its type still tells whose it is.
// BUILD: c++ -std=c++17 -O2 -pthread %s -o %t
// FINDING: abandoned-thread message="(main::{lambda()#1}"
// FINDING: abandoned-thread count=1
#include <semaphore.h>
#include <thread>
#include <unistd.h>

static sem_t ready;

int main() {
  sem_init(&ready, 0, 0);
  std::thread([] {
    sem_post(&ready);
    for (;;) pause();
  }).detach();
  sem_wait(&ready);
  _exit(0);
}
