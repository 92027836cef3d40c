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

/// Whether SSE code runs as fast while the upper halves of AVX's registers are in use. AMD's processors keep track of each register
/// (Software Optimization Guide for Family 17h), where Intel's have one state for all that only vzeroupper ends.
static bool knows_used_halves(void) {
  uint32_t eax, ebx, ecx, edx;
  __cpuid(0, eax, ebx, ecx, edx);
  return (ebx == signature_AMD_ebx && edx == signature_AMD_edx && ecx == signature_AMD_ecx) ||
         (ebx == signature_HYGON_ebx && edx == signature_HYGON_edx && ecx == signature_HYGON_ecx);
}

void straggler_processor_find(void) {
  enum { SSE_AND_AVX_STATE = 6 };
  uint32_t eax, ebx, ecx, edx;
  // Every x86-64 processor has this leaf. cpuid.h's functions are instrumented by a sanitizer, which has not started yet.
  __cpuid(1, eax, ebx, ecx, edx);
  if (!(ecx & bit_OSXSAVE) || !(ecx & bit_AVX)) return;
  if ((saved_states() & SSE_AND_AVX_STATE) != SSE_AND_AVX_STATE) return;
  straggler_has_avx = knows_used_halves() ? STRAGGLER_AVX_AS_IT_IS : STRAGGLER_AVX_ENDED;
}

STRAGGLER_UNINSTRUMENTED_END
