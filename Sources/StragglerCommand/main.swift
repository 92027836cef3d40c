// The program `straggler`: parses, runs, and ends with the status that docs/running.md states.

internal import Glibc
internal import StragglerProcesses

exit(CommandStack.run(Array(ProgramArguments.all.dropFirst())))
