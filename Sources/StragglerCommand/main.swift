// The program `straggler`: parses, runs, and ends with the status that docs/running.md states.

internal import Glibc

exit(EntryPoint.run(Array(CommandLine.arguments.dropFirst())))
