// Two threads are abandoned inside the read side of one lock, taken at the same place: one finding that lists both.
// BUILD: c++ -g -std=c++17 -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="reader-1" kind=read-write-lock mode=shared function=read_table
// FINDING: abandoned-lock thread="reader-2" kind=read-write-lock mode=shared function=read_table
// FINDING: abandoned-lock
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <string>
#include <thread>

static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static sem_t ready;

static void read_table(int number) {
  pthread_setname_np(pthread_self(), ("reader-" + std::to_string(number)).c_str());
  pthread_rwlock_rdlock(&table);
  sem_post(&ready);
  for (;;) pause();
}

int main() {
  sem_init(&ready, 0, 0);
  for (int number : {1, 2}) std::thread(read_table, number).detach();
  sem_wait(&ready);
  sem_wait(&ready);
}
