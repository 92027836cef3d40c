// A library with one worker thread.
#pragma once

/// Has the worker do a piece of work.
void submit();
