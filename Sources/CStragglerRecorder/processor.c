// What this machine's processor can do, found out once.
#include <cpuid.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

uint32_t straggler_has_avx;

/// The states of the extended registers that the kernel saves (XCR0, Intel SDM volume 1, 13.3).
static uint32_t saved_states(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

void straggler_processor_find(void) {
  enum { SSE_AND_AVX_STATE = 6 };
  uint32_t eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE) || !(ecx & bit_AVX)) return;
  straggler_has_avx = (saved_states() & SSE_AND_AVX_STATE) == SSE_AND_AVX_STATE;
}

STRAGGLER_UNINSTRUMENTED_END
