// The stack of a thread to come, from its attributes.
#define _GNU_SOURCE
#include "stackplan.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static StragglerAttributes read_given(const pthread_attr_t *attributes) {
  int state = PTHREAD_CREATE_JOINABLE;
  void *address = NULL;
  size_t size = 0, given_size = 0;
  pthread_attr_getdetachstate(attributes, &state);
  pthread_attr_getstacksize(attributes, &size);
  // Where no stack was set, the address is what lies below zero by the size (nptl/pthread_attr_getstack.c).
  pthread_attr_getstack(attributes, &address, &given_size);
  bool is_given = (uint64_t)address + given_size != 0;
  StragglerStackPlan stack = {is_given ? (uint64_t)address : 0, size};
  return (StragglerAttributes){state == PTHREAD_CREATE_DETACHED, stack};
}

StragglerAttributes straggler_read_attributes(const pthread_attr_t *attributes) {
  if (attributes != NULL) return read_given(attributes);
  pthread_attr_t usual;
  if (pthread_getattr_default_np(&usual) != 0) return (StragglerAttributes){false, {0, 0}};
  StragglerAttributes result = read_given(&usual);
  pthread_attr_destroy(&usual);
  return result;
}

STRAGGLER_UNINSTRUMENTED_END
