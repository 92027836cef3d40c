// The exec family: a thread that makes another program of its process abandons all others, without any exit.
//
// Each function is a way of its own into libc, which calls none of the others by name. A child of vfork comes here,
// too: it is not recorded (straggler_exec_begin).
#define _GNU_SOURCE
#include <stdarg.h>
#include <unistd.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// Runs `call`, which returns only if it fails.
#define EXECUTING(call)                                        \
  StragglerExec begun = straggler_exec_begin(straggler_self()); \
  int result = call;                                           \
  straggler_exec_failed(begun);                                \
  return result;

STRAGGLER_EXPORT int execve(const char *path, char *const arguments[], char *const environment[]) {
  EXECUTING(ORIGINAL(execve)(path, arguments, environment))
}

STRAGGLER_EXPORT int execv(const char *path, char *const arguments[]) {
  EXECUTING(ORIGINAL(execv)(path, arguments))
}

STRAGGLER_EXPORT int execvp(const char *file, char *const arguments[]) {
  EXECUTING(ORIGINAL(execvp)(file, arguments))
}

STRAGGLER_EXPORT int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  EXECUTING(ORIGINAL(execvpe)(file, arguments, environment))
}

STRAGGLER_EXPORT int fexecve(int descriptor, char *const arguments[], char *const environment[]) {
  EXECUTING(ORIGINAL(fexecve)(descriptor, arguments, environment))
}

STRAGGLER_EXPORT int execveat(
  int folder, const char *path, char *const arguments[], char *const environment[], int flags
) {
  EXECUTING(ORIGINAL(execveat)(folder, path, arguments, environment, flags))
}

// MARK: - Arguments as a list

/// How many arguments follow the first one, up to the null pointer that ends them.
static size_t count_of(const char *first, va_list list) {
  size_t count = 0;
  for (const char *argument = first; argument != NULL; argument = va_arg(list, const char *)) count += 1;
  return count;
}

/// Fills `arguments`, of `count` and one more, from the list; the list then stands behind the null pointer.
static void copy_list(char **arguments, size_t count, const char *first, va_list list) {
  for (size_t index = 0; index <= count; index++) {
    arguments[index] = (char *)(index == 0 ? first : va_arg(list, const char *));
  }
}

/// Declares `arguments` from the variadic ones after `first`, on the stack as libc has them: exec is allowed where
/// malloc is not.
#define LISTED(first)                          \
  va_list list;                                \
  va_start(list, first);                       \
  size_t count = count_of(first, list);        \
  va_end(list);                                \
  char *arguments[count + 1];                  \
  va_start(list, first);                       \
  copy_list(arguments, count, first, list);

STRAGGLER_EXPORT int execl(const char *path, const char *first, ...) {
  LISTED(first)
  va_end(list);
  EXECUTING(ORIGINAL(execv)(path, arguments))
}

STRAGGLER_EXPORT int execlp(const char *file, const char *first, ...) {
  LISTED(first)
  va_end(list);
  EXECUTING(ORIGINAL(execvp)(file, arguments))
}

STRAGGLER_EXPORT int execle(const char *path, const char *first, ...) {
  LISTED(first)
  char *const *environment = va_arg(list, char *const *);
  va_end(list);
  EXECUTING(ORIGINAL(execve)(path, arguments, environment))
}

STRAGGLER_UNINSTRUMENTED_END
