// Timing of the same work on both sides, the C library's own functions and the observed ones, in one run.
//
// The sides alternate block by block, and which goes first alternates too: a change of the machine's speed meets both.
// The figure is the median of the blocks' ratios.
#ifndef MEASURE_H
#define MEASURE_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCKS = 301 };

/// The functions of one side, in an order that the benchmark chooses.
typedef struct Side {
  void *functions[2];
} Side;

/// Does the work once through the functions of one side.
typedef void (*Work)(const Side *side, void *subject);

static inline void measure_fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/// Finds both sides of two functions. Ends the program where it is not observed: both would be the same then.
static inline void measure_find(const char *const names[2], Side *plain, Side *observed) {
  void *library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  if (library == NULL) measure_fail("libc.so.6 is not loaded: this benchmark needs the GNU C library");
  for (int index = 0; index < 2; index++) {
    plain->functions[index] = dlsym(library, names[index]);
    observed->functions[index] = dlsym(RTLD_DEFAULT, names[index]);
    if (plain->functions[index] == observed->functions[index]) {
      fprintf(stderr, "%s is not observed: start this program with `straggler run --`\n", names[index]);
      exit(1);
    }
  }
}

static inline double measure_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/// Nanoseconds for one round of work, over `rounds` of them.
static inline double measure_block(Work work, const Side *side, void *subject, int rounds) {
  double start = measure_now();
  for (int round = 0; round < rounds; round++) work(side, subject);
  return (measure_now() - start) / rounds;
}

static inline int measure_order(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static inline double measure_median(double values[BLOCKS]) {
  qsort(values, BLOCKS, sizeof *values, measure_order);
  return values[BLOCKS / 2];
}

/// Prints one line: name, nanoseconds plain, nanoseconds observed, ratio, separated by tabs.
static inline void measure_compare(const char *name, const char *const names[2], Work work, void *subject, int rounds) {
  static double plain[BLOCKS], observed[BLOCKS], ratios[BLOCKS];
  Side plain_side, observed_side;
  measure_find(names, &plain_side, &observed_side);
  measure_block(work, &plain_side, subject, rounds);
  measure_block(work, &observed_side, subject, rounds);
  for (int block = 0; block < BLOCKS; block++) {
    if (block % 2 == 0) plain[block] = measure_block(work, &plain_side, subject, rounds);
    observed[block] = measure_block(work, &observed_side, subject, rounds);
    if (block % 2 == 1) plain[block] = measure_block(work, &plain_side, subject, rounds);
    ratios[block] = observed[block] / plain[block];
  }
  printf("%s\t%.2f\t%.2f\t%.4f\n", name, measure_median(plain), measure_median(observed), measure_median(ratios));
}

#endif
