// The program `straggler`: parses, runs, and ends with the status that docs/running.md states.

internal import Glibc
internal import StragglerProcesses

let error = CommandMemory.raise()
exit(
  CommandStack.run {
    let arguments = Array(ProgramArguments.all.dropFirst())
    return EntryPoint.prepare(arguments, raising: error) ?? EntryPoint.run(arguments)
  })
