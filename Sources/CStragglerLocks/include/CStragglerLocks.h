// What the thread runtime's locks stand on.
#include "straggler_gate.h"
#include "straggler_mutex.h"
#include "straggler_ownedlocks.h"
