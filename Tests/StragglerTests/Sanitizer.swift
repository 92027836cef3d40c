// Whether a sanitizer is in the test's process, for tests of what it cannot know.

internal import Glibc

/// Whether the tests were built with `--sanitize=thread`.
let isUnderThreadSanitizer = dlsym(nil, "__tsan_init") != nil
