// SwiftPM wants a source file in every C target; compiling the header here keeps its assertions checked.
#include "StragglerArena.h"
