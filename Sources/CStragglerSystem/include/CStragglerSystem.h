// CStragglerSystem
#include "CStragglerSubprocess.h"
