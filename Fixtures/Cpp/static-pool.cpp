// A library's static pool joins its worker in its destructor, after main: that is healthy, nobody may stop the worker.
// BUILD: c++ -g -std=c++17 -pthread -shared -fPIC Support/pool.cpp -o %t.so && c++ -g -std=c++17 -pthread %s %t.so -o %t
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: main returns
// OUTPUT: the pool has joined its worker
// NO-FINDING: abandoned-thread
#include <iostream>

#include "Support/pool.h"

int main() {
  submit();
  std::cout << "main returns" << std::endl;
}
