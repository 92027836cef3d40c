// libunwind's remote interface only: the generic entry points (no UNW_LOCAL_ONLY).
#include <libunwind.h>
