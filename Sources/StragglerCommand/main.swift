// The program `straggler`: parses, runs, and ends with the status that docs/running.md states.

internal import Glibc
internal import StragglerProcesses

exit(EntryPoint.run(Array(ProgramArguments.all.dropFirst())))
