#!/bin/sh
# A script that becomes the program: every image of the process is observed, and none leaves anything.
# RUN: --fail-on warning
# CLEAN:
# OUTPUT: wrapped
exec env -u NOTHING echo wrapped
